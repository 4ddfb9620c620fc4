; 740cce5d52203e6c915a75700aedbe9a134c5ab4542bc6c9a625d47236967bba

define i32 @interpolate(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.taps, i64 %arg.count, i64 %arg.factor, ptr %arg.work, ptr %arg.out, i64 %arg.frames) {
entry:
  %.107270.not = icmp slt i64 %arg.factor, 1
  br i1 %.107270.not, label %B1851, label %B34.if.lr.ph

B34.if.lr.ph:                                     ; preds = %entry
  %arg.out1 = ptrtoint ptr %arg.out to i64
  %arg.work2 = ptrtoint ptr %arg.work to i64
  %.arg.frames205 = tail call i64 @llvm.smax.i64(i64 %arg.frames, i64 0)
  %0 = add i64 %arg.count, 7
  %.365 = lshr i64 %0, 3
  %.344.inv = icmp slt i64 %arg.count, 1
  %invariant.gep = getelementptr double, ptr %arg.taps, i64 %arg.factor
  %.446.idx = shl i64 %arg.factor, 4
  %invariant.gep233 = getelementptr i8, ptr %arg.taps, i64 %.446.idx
  %.455.idx = mul i64 %arg.factor, 24
  %invariant.gep235 = getelementptr i8, ptr %arg.taps, i64 %.455.idx
  %.464.idx = shl i64 %arg.factor, 5
  %invariant.gep237 = getelementptr i8, ptr %arg.taps, i64 %.464.idx
  %.473.idx = mul i64 %arg.factor, 40
  %invariant.gep239 = getelementptr i8, ptr %arg.taps, i64 %.473.idx
  %.482.idx = mul i64 %arg.factor, 48
  %invariant.gep241 = getelementptr i8, ptr %arg.taps, i64 %.482.idx
  %.491.idx = mul i64 %arg.factor, 56
  %invariant.gep243 = getelementptr i8, ptr %arg.taps, i64 %.491.idx
  %.499 = add nsw i64 %arg.count, -8
  %1 = shl i64 %.arg.frames205, 3
  %2 = sub i64 %arg.out1, %arg.work2
  %unroll_iter = and i64 %arg.frames, 9223372036854775806
  %min.iters.check = icmp ult i64 %arg.frames, 4
  %ident.check.not = icmp ne i64 %arg.factor, 1
  %or.cond.not17 = or i1 %ident.check.not, %min.iters.check
  %n.vec = and i64 %arg.frames, 9223372036854775792
  %n.vec8 = and i64 %arg.frames, 9223372036854775804
  %3 = shl i64 %arg.count, 3
  %scevgep26 = getelementptr i8, ptr %arg.x, i64 %3
  %scevgep57 = getelementptr i8, ptr %arg.out, i64 96
  %4 = shl i64 %arg.factor, 3
  %5 = shl i64 %arg.factor, 6
  %6 = icmp sgt i64 %arg.frames, 0
  %7 = icmp eq i64 %.365, 0
  %8 = select i1 %.344.inv, i1 true, i1 %7
  %9 = icmp slt i64 %arg.frames, 1
  %10 = icmp eq i64 %arg.frames, 1
  %11 = and i64 %arg.frames, 1
  %12 = icmp eq i64 %11, 0
  %13 = icmp ult i64 %arg.frames, 16
  %14 = icmp eq i64 %arg.frames, %n.vec
  %15 = and i64 %arg.frames, 12
  %16 = icmp eq i64 %15, 0
  %17 = icmp eq i64 %arg.frames, %n.vec8
  %18 = add i64 %arg.frames, 2305843009213693948
  %.625.epil = getelementptr double, ptr %arg.work, i64 %unroll_iter
  %invariant.gep4 = getelementptr double, ptr %arg.x, i64 %unroll_iter
  %19 = add nsw i64 %unroll_iter, -2
  %scevgep7 = getelementptr i8, ptr %arg.work, i64 8
  %20 = add nsw i64 %unroll_iter, -2
  %21 = lshr i64 %20, 1
  %22 = add i64 %21, 1
  %23 = add nsw i64 %n.vec, -16
  %24 = lshr i64 %23, 4
  %25 = add nsw i64 %24, 1
  %min.iters.check11 = icmp ult i64 %20, 14
  %mul.result = shl i64 %19, 3
  %26 = getelementptr i8, ptr %arg.work, i64 %mul.result
  %27 = icmp ult ptr %26, %arg.work
  %mul.result9 = shl i64 %19, 3
  %mul.overflow10 = icmp ugt i64 %19, 2305843009213693950
  %28 = getelementptr i8, ptr %scevgep7, i64 %mul.result9
  %29 = icmp ult ptr %28, %scevgep7
  %30 = or i1 %29, %mul.overflow10
  %31 = or i1 %27, %30
  %n.vec12 = and i64 %22, -4
  %32 = shl i64 %n.vec12, 1
  %cmp.n = icmp eq i64 %22, %n.vec12
  %xtraiter = and i64 %25, 3
  %33 = icmp ult i64 %23, 48
  %unroll_iter47 = and i64 %25, 2305843009213693948
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  %lcmp.mod46 = icmp ne i64 %xtraiter, 0
  br label %B34.if

B34.loopexit:                                     ; preds = %B1571.if, %B1571.if.prol.loopexit, %vec.epilog.ph, %middle.block, %B1295
  %scevgep59 = getelementptr i8, ptr %lsr.iv58, i64 8
  %scevgep76 = getelementptr i8, ptr %lsr.iv75, i64 8
  %exitcond286.not = icmp eq i64 %.120, %arg.factor
  br i1 %exitcond286.not, label %B1851, label %B34.if

B84:                                              ; preds = %B68.if.preheader, %B34.if
  br i1 %8, label %B1295, label %B158.if

B158.loopexit.loopexit.unr-lcssa:                 ; preds = %B198.if, %middle.block43
  br i1 %12, label %B158.loopexit, label %B198.if.epil.preheader

B198.if.epil.preheader:                           ; preds = %B198.if.preheader, %B158.loopexit.loopexit.unr-lcssa
  %.626.epil = load double, ptr %.625.epil, align 8
  %gep5 = getelementptr double, ptr %invariant.gep4, i64 %.500
  %34 = load <8 x double>, ptr %gep5, align 8
  %35 = insertelement <2 x double> poison, double %.430, i64 0
  %36 = insertelement <2 x double> %35, double %.465, i64 1
  %37 = shufflevector <8 x double> %34, <8 x double> poison, <2 x i32> <i32 7, i32 3>
  %38 = fmul <2 x double> %36, %37
  %39 = insertelement <2 x double> poison, double %.438, i64 0
  %40 = insertelement <2 x double> %39, double %.474, i64 1
  %41 = shufflevector <8 x double> %34, <8 x double> poison, <2 x i32> <i32 6, i32 2>
  %42 = fmul <2 x double> %40, %41
  %43 = fadd <2 x double> %38, %42
  %44 = insertelement <2 x double> poison, double %.447, i64 0
  %45 = insertelement <2 x double> %44, double %.483, i64 1
  %46 = shufflevector <8 x double> %34, <8 x double> poison, <2 x i32> <i32 5, i32 1>
  %47 = fmul <2 x double> %45, %46
  %48 = insertelement <2 x double> poison, double %.456, i64 0
  %49 = insertelement <2 x double> %48, double %.492, i64 1
  %50 = shufflevector <8 x double> %34, <8 x double> poison, <2 x i32> <i32 4, i32 0>
  %51 = fmul <2 x double> %49, %50
  %52 = fadd <2 x double> %47, %51
  %53 = fadd <2 x double> %43, %52
  %shift = shufflevector <2 x double> %53, <2 x double> poison, <2 x i32> <i32 1, i32 poison>
  %foldExtExtBinop = fadd <2 x double> %53, %shift
  %.680.epil = extractelement <2 x double> %foldExtExtBinop, i64 0
  %.681.epil = fadd double %.626.epil, %.680.epil
  store double %.681.epil, ptr %.625.epil, align 8
  br label %B158.loopexit

B158.loopexit:                                    ; preds = %B158.if, %B198.if.epil.preheader, %B158.loopexit.loopexit.unr-lcssa
  %scevgep27 = getelementptr i8, ptr %lsr.iv, i64 -64
  %.386 = icmp sgt i64 %.385220228, 1
  br i1 %.386, label %B158.if, label %B1295

B1295:                                            ; preds = %B158.loopexit, %B84
  br i1 %9, label %B34.loopexit, label %iter.check

iter.check:                                       ; preds = %B1295
  %diff.check = icmp ult i64 %72, 128
  %or.cond16 = select i1 %or.cond.not17, i1 true, i1 %diff.check
  br i1 %or.cond16, label %B1571.if.preheader, label %vector.main.loop.iter.check

vector.main.loop.iter.check:                      ; preds = %iter.check
  br i1 %13, label %vec.epilog.ph, label %vector.body.preheader

vector.body.preheader:                            ; preds = %vector.main.loop.iter.check
  br i1 %33, label %vector.body.epil.preheader, label %vector.body

vector.body:                                      ; preds = %vector.body.preheader, %vector.body
  %index = phi i64 [ %index.next.3, %vector.body ], [ 0, %vector.body.preheader ]
  %niter = phi i64 [ %niter.next.3, %vector.body ], [ 0, %vector.body.preheader ]
  %sunkaddr = shl i64 %index, 3
  %sunkaddr111 = getelementptr i8, ptr %arg.work, i64 %sunkaddr
  %wide.load = load <4 x double>, ptr %sunkaddr111, align 8
  %sunkaddr114 = getelementptr i8, ptr %sunkaddr111, i64 32
  %wide.load4 = load <4 x double>, ptr %sunkaddr114, align 8
  %sunkaddr117 = getelementptr i8, ptr %sunkaddr111, i64 64
  %wide.load5 = load <4 x double>, ptr %sunkaddr117, align 8
  %sunkaddr120 = getelementptr i8, ptr %sunkaddr111, i64 96
  %wide.load6 = load <4 x double>, ptr %sunkaddr120, align 8
  %scevgep65 = getelementptr i8, ptr %lsr.iv58, i64 %sunkaddr
  %scevgep66 = getelementptr i8, ptr %scevgep65, i64 -96
  %scevgep64 = getelementptr i8, ptr %scevgep65, i64 -64
  %scevgep62 = getelementptr i8, ptr %scevgep65, i64 -32
  store <4 x double> %wide.load, ptr %scevgep66, align 8
  store <4 x double> %wide.load4, ptr %scevgep64, align 8
  store <4 x double> %wide.load5, ptr %scevgep62, align 8
  store <4 x double> %wide.load6, ptr %scevgep65, align 8
  %index.next = shl i64 %index, 3
  %sunkaddr.1 = or i64 %index.next, 128
  %sunkaddr111.1 = getelementptr i8, ptr %arg.work, i64 %sunkaddr.1
  %wide.load.1 = load <4 x double>, ptr %sunkaddr111.1, align 8
  %sunkaddr114.1 = getelementptr i8, ptr %sunkaddr111.1, i64 32
  %wide.load4.1 = load <4 x double>, ptr %sunkaddr114.1, align 8
  %sunkaddr117.1 = getelementptr i8, ptr %sunkaddr111.1, i64 64
  %wide.load5.1 = load <4 x double>, ptr %sunkaddr117.1, align 8
  %sunkaddr120.1 = getelementptr i8, ptr %sunkaddr111.1, i64 96
  %wide.load6.1 = load <4 x double>, ptr %sunkaddr120.1, align 8
  %scevgep65.1 = getelementptr i8, ptr %lsr.iv58, i64 %sunkaddr.1
  %scevgep66.1 = getelementptr i8, ptr %scevgep65.1, i64 -96
  %scevgep64.1 = getelementptr i8, ptr %scevgep65.1, i64 -64
  %scevgep62.1 = getelementptr i8, ptr %scevgep65.1, i64 -32
  store <4 x double> %wide.load.1, ptr %scevgep66.1, align 8
  store <4 x double> %wide.load4.1, ptr %scevgep64.1, align 8
  store <4 x double> %wide.load5.1, ptr %scevgep62.1, align 8
  store <4 x double> %wide.load6.1, ptr %scevgep65.1, align 8
  %index.next.1 = shl i64 %index, 3
  %sunkaddr.2 = or i64 %index.next.1, 256
  %sunkaddr111.2 = getelementptr i8, ptr %arg.work, i64 %sunkaddr.2
  %wide.load.2 = load <4 x double>, ptr %sunkaddr111.2, align 8
  %sunkaddr114.2 = getelementptr i8, ptr %sunkaddr111.2, i64 32
  %wide.load4.2 = load <4 x double>, ptr %sunkaddr114.2, align 8
  %sunkaddr117.2 = getelementptr i8, ptr %sunkaddr111.2, i64 64
  %wide.load5.2 = load <4 x double>, ptr %sunkaddr117.2, align 8
  %sunkaddr120.2 = getelementptr i8, ptr %sunkaddr111.2, i64 96
  %wide.load6.2 = load <4 x double>, ptr %sunkaddr120.2, align 8
  %scevgep65.2 = getelementptr i8, ptr %lsr.iv58, i64 %sunkaddr.2
  %scevgep66.2 = getelementptr i8, ptr %scevgep65.2, i64 -96
  %scevgep64.2 = getelementptr i8, ptr %scevgep65.2, i64 -64
  %scevgep62.2 = getelementptr i8, ptr %scevgep65.2, i64 -32
  store <4 x double> %wide.load.2, ptr %scevgep66.2, align 8
  store <4 x double> %wide.load4.2, ptr %scevgep64.2, align 8
  store <4 x double> %wide.load5.2, ptr %scevgep62.2, align 8
  store <4 x double> %wide.load6.2, ptr %scevgep65.2, align 8
  %index.next.2 = shl i64 %index, 3
  %sunkaddr.3 = or i64 %index.next.2, 384
  %sunkaddr111.3 = getelementptr i8, ptr %arg.work, i64 %sunkaddr.3
  %wide.load.3 = load <4 x double>, ptr %sunkaddr111.3, align 8
  %sunkaddr114.3 = getelementptr i8, ptr %sunkaddr111.3, i64 32
  %wide.load4.3 = load <4 x double>, ptr %sunkaddr114.3, align 8
  %sunkaddr117.3 = getelementptr i8, ptr %sunkaddr111.3, i64 64
  %wide.load5.3 = load <4 x double>, ptr %sunkaddr117.3, align 8
  %sunkaddr120.3 = getelementptr i8, ptr %sunkaddr111.3, i64 96
  %wide.load6.3 = load <4 x double>, ptr %sunkaddr120.3, align 8
  %scevgep65.3 = getelementptr i8, ptr %lsr.iv58, i64 %sunkaddr.3
  %scevgep66.3 = getelementptr i8, ptr %scevgep65.3, i64 -96
  %scevgep64.3 = getelementptr i8, ptr %scevgep65.3, i64 -64
  %scevgep62.3 = getelementptr i8, ptr %scevgep65.3, i64 -32
  store <4 x double> %wide.load.3, ptr %scevgep66.3, align 8
  store <4 x double> %wide.load4.3, ptr %scevgep64.3, align 8
  store <4 x double> %wide.load5.3, ptr %scevgep62.3, align 8
  store <4 x double> %wide.load6.3, ptr %scevgep65.3, align 8
  %index.next.3 = add nsw i64 %index, 64
  %niter.next.3 = add i64 %niter, 4
  %niter.ncmp.3 = icmp eq i64 %niter.next.3, %unroll_iter47
  br i1 %niter.ncmp.3, label %middle.block.unr-lcssa, label %vector.body

middle.block.unr-lcssa:                           ; preds = %vector.body
  br i1 %lcmp.mod.not, label %middle.block, label %vector.body.epil.preheader

vector.body.epil.preheader:                       ; preds = %middle.block.unr-lcssa, %vector.body.preheader
  %index.epil.init = phi i64 [ 0, %vector.body.preheader ], [ %index.next.3, %middle.block.unr-lcssa ]
  tail call void @llvm.assume(i1 %lcmp.mod46)
  br label %vector.body.epil

vector.body.epil:                                 ; preds = %vector.body.epil, %vector.body.epil.preheader
  %index.epil = phi i64 [ %index.next.epil, %vector.body.epil ], [ %index.epil.init, %vector.body.epil.preheader ]
  %epil.iter = phi i64 [ %epil.iter.next, %vector.body.epil ], [ 0, %vector.body.epil.preheader ]
  %sunkaddr.epil = shl i64 %index.epil, 3
  %sunkaddr111.epil = getelementptr i8, ptr %arg.work, i64 %sunkaddr.epil
  %wide.load.epil = load <4 x double>, ptr %sunkaddr111.epil, align 8
  %sunkaddr114.epil = getelementptr i8, ptr %sunkaddr111.epil, i64 32
  %wide.load4.epil = load <4 x double>, ptr %sunkaddr114.epil, align 8
  %sunkaddr117.epil = getelementptr i8, ptr %sunkaddr111.epil, i64 64
  %wide.load5.epil = load <4 x double>, ptr %sunkaddr117.epil, align 8
  %sunkaddr120.epil = getelementptr i8, ptr %sunkaddr111.epil, i64 96
  %wide.load6.epil = load <4 x double>, ptr %sunkaddr120.epil, align 8
  %scevgep65.epil = getelementptr i8, ptr %lsr.iv58, i64 %sunkaddr.epil
  %scevgep66.epil = getelementptr i8, ptr %scevgep65.epil, i64 -96
  %scevgep64.epil = getelementptr i8, ptr %scevgep65.epil, i64 -64
  %scevgep62.epil = getelementptr i8, ptr %scevgep65.epil, i64 -32
  store <4 x double> %wide.load.epil, ptr %scevgep66.epil, align 8
  store <4 x double> %wide.load4.epil, ptr %scevgep64.epil, align 8
  store <4 x double> %wide.load5.epil, ptr %scevgep62.epil, align 8
  store <4 x double> %wide.load6.epil, ptr %scevgep65.epil, align 8
  %index.next.epil = add nsw i64 %index.epil, 16
  %epil.iter.next = add i64 %epil.iter, 1
  %epil.iter.cmp.not = icmp eq i64 %epil.iter.next, %xtraiter
  br i1 %epil.iter.cmp.not, label %middle.block, label %vector.body.epil

middle.block:                                     ; preds = %vector.body.epil, %middle.block.unr-lcssa
  br i1 %14, label %B34.loopexit, label %vec.epilog.iter.check

vec.epilog.iter.check:                            ; preds = %middle.block
  br i1 %16, label %B1571.if.preheader, label %vec.epilog.ph

vec.epilog.ph:                                    ; preds = %vec.epilog.iter.check, %vector.main.loop.iter.check
  %vec.epilog.resume.val = phi i64 [ %n.vec, %vec.epilog.iter.check ], [ 0, %vector.main.loop.iter.check ]
  %54 = shl i64 %vec.epilog.resume.val, 3
  %scevgep = getelementptr i8, ptr %lsr.iv75, i64 %54
  %scevgep3 = getelementptr i8, ptr %arg.work, i64 %54
  %55 = sub i64 %18, %vec.epilog.resume.val
  %56 = shl i64 %55, 3
  %57 = and i64 %56, -32
  %58 = add i64 %57, 32
  tail call void @llvm.memcpy.p0.p0.i64(ptr align 8 %scevgep, ptr align 8 %scevgep3, i64 %58, i1 false)
  br i1 %17, label %B34.loopexit, label %B1571.if.preheader

B1571.if.preheader:                               ; preds = %vec.epilog.ph, %vec.epilog.iter.check, %iter.check
  %.815248250.ph = phi i64 [ 0, %iter.check ], [ %n.vec, %vec.epilog.iter.check ], [ %n.vec8, %vec.epilog.ph ]
  %59 = sub nsw i64 %arg.frames, %.815248250.ph
  %xtraiter19 = and i64 %59, 7
  %lcmp.mod20.not = icmp eq i64 %xtraiter19, 0
  br i1 %lcmp.mod20.not, label %B1571.if.prol.loopexit, label %B1571.if.prol

B1571.if.prol:                                    ; preds = %B1571.if.preheader
  %60 = mul i64 %.815248250.ph, %4
  %scevgep79 = getelementptr i8, ptr %lsr.iv75, i64 %60
  %.822.prol = or i64 %.815248250.ph, 1
  %61 = shl i64 %.815248250.ph, 3
  %scevgep82 = getelementptr i8, ptr %arg.work, i64 %61
  %.849.prol = load double, ptr %scevgep82, align 8
  store double %.849.prol, ptr %scevgep79, align 8
  %prol.iter.cmp.not = icmp eq i64 %xtraiter19, 1
  br i1 %prol.iter.cmp.not, label %B1571.if.prol.loopexit, label %B1571.if.prol.1

B1571.if.prol.1:                                  ; preds = %B1571.if.prol
  %scevgep81 = getelementptr i8, ptr %scevgep79, i64 %4
  %.822.prol.1 = or i64 %.815248250.ph, 2
  %62 = shl i64 %.822.prol, 3
  %scevgep82.1 = getelementptr i8, ptr %arg.work, i64 %62
  %.849.prol.1 = load double, ptr %scevgep82.1, align 8
  store double %.849.prol.1, ptr %scevgep81, align 8
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter19, 2
  br i1 %prol.iter.cmp.not.1, label %B1571.if.prol.loopexit, label %B1571.if.prol.2

B1571.if.prol.2:                                  ; preds = %B1571.if.prol.1
  %scevgep81.1 = getelementptr i8, ptr %scevgep81, i64 %4
  %.822.prol.2 = or i64 %.815248250.ph, 3
  %63 = shl i64 %.822.prol.1, 3
  %scevgep82.2 = getelementptr i8, ptr %arg.work, i64 %63
  %.849.prol.2 = load double, ptr %scevgep82.2, align 8
  store double %.849.prol.2, ptr %scevgep81.1, align 8
  %prol.iter.cmp.not.2 = icmp eq i64 %xtraiter19, 3
  br i1 %prol.iter.cmp.not.2, label %B1571.if.prol.loopexit, label %B1571.if.prol.3

B1571.if.prol.3:                                  ; preds = %B1571.if.prol.2
  %scevgep81.2 = getelementptr i8, ptr %scevgep81.1, i64 %4
  %.822.prol.3 = add i64 %.815248250.ph, 4
  %64 = shl i64 %.822.prol.2, 3
  %scevgep82.3 = getelementptr i8, ptr %arg.work, i64 %64
  %.849.prol.3 = load double, ptr %scevgep82.3, align 8
  store double %.849.prol.3, ptr %scevgep81.2, align 8
  %prol.iter.cmp.not.3 = icmp eq i64 %xtraiter19, 4
  br i1 %prol.iter.cmp.not.3, label %B1571.if.prol.loopexit, label %B1571.if.prol.4

B1571.if.prol.4:                                  ; preds = %B1571.if.prol.3
  %scevgep81.3 = getelementptr i8, ptr %scevgep81.2, i64 %4
  %.822.prol.4 = add i64 %.815248250.ph, 5
  %65 = shl i64 %.822.prol.3, 3
  %scevgep82.4 = getelementptr i8, ptr %arg.work, i64 %65
  %.849.prol.4 = load double, ptr %scevgep82.4, align 8
  store double %.849.prol.4, ptr %scevgep81.3, align 8
  %prol.iter.cmp.not.4 = icmp eq i64 %xtraiter19, 5
  br i1 %prol.iter.cmp.not.4, label %B1571.if.prol.loopexit, label %B1571.if.prol.5

B1571.if.prol.5:                                  ; preds = %B1571.if.prol.4
  %scevgep81.4 = getelementptr i8, ptr %scevgep81.3, i64 %4
  %.822.prol.5 = add i64 %.815248250.ph, 6
  %66 = shl i64 %.822.prol.4, 3
  %scevgep82.5 = getelementptr i8, ptr %arg.work, i64 %66
  %.849.prol.5 = load double, ptr %scevgep82.5, align 8
  store double %.849.prol.5, ptr %scevgep81.4, align 8
  %prol.iter.cmp.not.5 = icmp eq i64 %xtraiter19, 6
  br i1 %prol.iter.cmp.not.5, label %B1571.if.prol.loopexit, label %B1571.if.prol.6

B1571.if.prol.6:                                  ; preds = %B1571.if.prol.5
  %scevgep81.5 = getelementptr i8, ptr %scevgep81.4, i64 %4
  %.822.prol.6 = add i64 %.815248250.ph, 7
  %67 = shl i64 %.822.prol.5, 3
  %scevgep82.6 = getelementptr i8, ptr %arg.work, i64 %67
  %.849.prol.6 = load double, ptr %scevgep82.6, align 8
  store double %.849.prol.6, ptr %scevgep81.5, align 8
  br label %B1571.if.prol.loopexit

B1571.if.prol.loopexit:                           ; preds = %B1571.if.prol, %B1571.if.prol.1, %B1571.if.prol.2, %B1571.if.prol.3, %B1571.if.prol.4, %B1571.if.prol.5, %B1571.if.prol.6, %B1571.if.preheader
  %.815248250.unr = phi i64 [ %.815248250.ph, %B1571.if.preheader ], [ %.822.prol, %B1571.if.prol ], [ %.822.prol.1, %B1571.if.prol.1 ], [ %.822.prol.2, %B1571.if.prol.2 ], [ %.822.prol.3, %B1571.if.prol.3 ], [ %.822.prol.4, %B1571.if.prol.4 ], [ %.822.prol.5, %B1571.if.prol.5 ], [ %.822.prol.6, %B1571.if.prol.6 ]
  %68 = sub nsw i64 %.815248250.ph, %arg.frames
  %69 = icmp ugt i64 %68, -8
  br i1 %69, label %B34.loopexit, label %B1571.if.preheader22

B1571.if.preheader22:                             ; preds = %B1571.if.prol.loopexit
  %70 = mul i64 %.815248250.unr, %4
  %scevgep100 = getelementptr i8, ptr %lsr.iv75, i64 %70
  br label %B1571.if

B1851:                                            ; preds = %B34.loopexit, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.loopexit, %B34.if.lr.ph
  %lsr.iv75 = phi ptr [ %arg.out, %B34.if.lr.ph ], [ %scevgep76, %B34.loopexit ]
  %lsr.iv58 = phi ptr [ %scevgep57, %B34.if.lr.ph ], [ %scevgep59, %B34.loopexit ]
  %.113255273 = phi i64 [ 0, %B34.if.lr.ph ], [ %.120, %B34.loopexit ]
  %71 = shl i64 %.113255273, 3
  %72 = add i64 %2, %71
  %.120 = add nsw i64 %.113255273, 1
  br i1 %6, label %B68.if.preheader, label %B84

B68.if.preheader:                                 ; preds = %B34.if
  tail call void @llvm.memset.p0.i64(ptr align 8 %arg.work, i8 0, i64 %1, i1 false)
  br label %B84

B158.if:                                          ; preds = %B84, %B158.loopexit
  %lsr.iv = phi ptr [ %scevgep27, %B158.loopexit ], [ %scevgep26, %B84 ]
  %.385220228 = phi i64 [ %.395, %B158.loopexit ], [ %.365, %B84 ]
  %.392221227 = phi i64 [ %.399, %B158.loopexit ], [ 0, %B84 ]
  %.395 = add nsw i64 %.385220228, -1
  %.399 = add i64 %.392221227, 8
  %.425 = mul nsw i64 %.392221227, %arg.factor
  %.427 = add nsw i64 %.425, %.113255273
  %.429 = getelementptr double, ptr %arg.taps, i64 %.427
  %.430 = load double, ptr %.429, align 8
  %gep = getelementptr double, ptr %invariant.gep, i64 %.427
  %.438 = load double, ptr %gep, align 8
  %gep234 = getelementptr double, ptr %invariant.gep233, i64 %.427
  %.447 = load double, ptr %gep234, align 8
  %gep236 = getelementptr double, ptr %invariant.gep235, i64 %.427
  %.456 = load double, ptr %gep236, align 8
  %gep238 = getelementptr double, ptr %invariant.gep237, i64 %.427
  %.465 = load double, ptr %gep238, align 8
  %gep240 = getelementptr double, ptr %invariant.gep239, i64 %.427
  %.474 = load double, ptr %gep240, align 8
  %gep242 = getelementptr double, ptr %invariant.gep241, i64 %.427
  %.483 = load double, ptr %gep242, align 8
  %gep244 = getelementptr double, ptr %invariant.gep243, i64 %.427
  %.492 = load double, ptr %gep244, align 8
  br i1 %9, label %B158.loopexit, label %B198.if.preheader

B198.if.preheader:                                ; preds = %B158.if
  %.500 = sub i64 %.499, %.392221227
  br i1 %10, label %B198.if.epil.preheader, label %B198.if.preheader6

B198.if.preheader6:                               ; preds = %B198.if.preheader
  %brmerge = select i1 %min.iters.check11, i1 true, i1 %31
  br i1 %brmerge, label %B198.if.preheader45, label %vector.ph

vector.ph:                                        ; preds = %B198.if.preheader6
  %broadcast.splatinsert = insertelement <4 x double> poison, double %.430, i64 0
  %broadcast.splat = shufflevector <4 x double> %broadcast.splatinsert, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert13 = insertelement <4 x double> poison, double %.438, i64 0
  %broadcast.splat14 = shufflevector <4 x double> %broadcast.splatinsert13, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert15 = insertelement <4 x double> poison, double %.447, i64 0
  %broadcast.splat16 = shufflevector <4 x double> %broadcast.splatinsert15, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert17 = insertelement <4 x double> poison, double %.456, i64 0
  %broadcast.splat18 = shufflevector <4 x double> %broadcast.splatinsert17, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert19 = insertelement <4 x double> poison, double %.465, i64 0
  %broadcast.splat20 = shufflevector <4 x double> %broadcast.splatinsert19, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert21 = insertelement <4 x double> poison, double %.474, i64 0
  %broadcast.splat22 = shufflevector <4 x double> %broadcast.splatinsert21, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert23 = insertelement <4 x double> poison, double %.483, i64 0
  %broadcast.splat24 = shufflevector <4 x double> %broadcast.splatinsert23, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert25 = insertelement <4 x double> poison, double %.492, i64 0
  %broadcast.splat26 = shufflevector <4 x double> %broadcast.splatinsert25, <4 x double> poison, <4 x i32> zeroinitializer
  br label %vector.body27

vector.body27:                                    ; preds = %vector.body27, %vector.ph
  %index28 = phi i64 [ 0, %vector.ph ], [ %index.next42, %vector.body27 ]
  %offset.idx = shl i64 %index28, 4
  %73 = shl i64 %index28, 4
  %74 = shl i64 %index28, 4
  %75 = shl i64 %index28, 4
  %76 = getelementptr i8, ptr %arg.work, i64 %73
  %wide.vec = load <8 x double>, ptr %76, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec29 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %77 = getelementptr i8, ptr %lsr.iv, i64 %73
  %78 = getelementptr i8, ptr %lsr.iv, i64 %74
  %79 = getelementptr i8, ptr %lsr.iv, i64 %75
  %80 = getelementptr i8, ptr %lsr.iv, i64 %offset.idx
  %81 = getelementptr i8, ptr %77, i64 -64
  %82 = getelementptr i8, ptr %77, i64 -8
  %wide.vec30 = load <8 x double>, ptr %82, align 8
  %strided.vec31 = shufflevector <8 x double> %wide.vec30, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec32 = shufflevector <8 x double> %wide.vec30, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %83 = fmul <4 x double> %broadcast.splat, %strided.vec31
  %84 = getelementptr i8, ptr %77, i64 -16
  %85 = getelementptr i8, ptr %79, i64 16
  %86 = getelementptr i8, ptr %80, i64 32
  %87 = load double, ptr %84, align 8
  %88 = load double, ptr %78, align 8
  %89 = load double, ptr %85, align 8
  %90 = load double, ptr %86, align 8
  %91 = insertelement <4 x double> poison, double %87, i64 0
  %92 = insertelement <4 x double> %91, double %88, i64 1
  %93 = insertelement <4 x double> %92, double %89, i64 2
  %94 = insertelement <4 x double> %93, double %90, i64 3
  %95 = fmul <4 x double> %broadcast.splat14, %94
  %96 = fadd <4 x double> %83, %95
  %97 = getelementptr i8, ptr %77, i64 -32
  %wide.vec33 = load <8 x double>, ptr %97, align 8
  %strided.vec34 = shufflevector <8 x double> %wide.vec33, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec35 = shufflevector <8 x double> %wide.vec33, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %98 = fmul <4 x double> %broadcast.splat16, %strided.vec35
  %99 = fmul <4 x double> %broadcast.splat18, %strided.vec34
  %100 = fadd <4 x double> %98, %99
  %101 = fadd <4 x double> %96, %100
  %102 = getelementptr i8, ptr %77, i64 -48
  %wide.vec36 = load <8 x double>, ptr %102, align 8
  %strided.vec37 = shufflevector <8 x double> %wide.vec36, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec38 = shufflevector <8 x double> %wide.vec36, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %103 = fmul <4 x double> %broadcast.splat20, %strided.vec38
  %104 = fmul <4 x double> %broadcast.splat22, %strided.vec37
  %105 = fadd <4 x double> %103, %104
  %wide.vec39 = load <8 x double>, ptr %81, align 8
  %strided.vec40 = shufflevector <8 x double> %wide.vec39, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec41 = shufflevector <8 x double> %wide.vec39, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %106 = fmul <4 x double> %broadcast.splat24, %strided.vec41
  %107 = fmul <4 x double> %broadcast.splat26, %strided.vec40
  %108 = fadd <4 x double> %106, %107
  %109 = fadd <4 x double> %105, %108
  %110 = fadd <4 x double> %101, %109
  %111 = fadd <4 x double> %strided.vec, %110
  %112 = fmul <4 x double> %broadcast.splat, %strided.vec32
  %113 = fmul <4 x double> %broadcast.splat14, %strided.vec31
  %114 = fadd <4 x double> %113, %112
  %115 = fmul <4 x double> %broadcast.splat16, %94
  %116 = fmul <4 x double> %broadcast.splat18, %strided.vec35
  %117 = fadd <4 x double> %115, %116
  %118 = fadd <4 x double> %117, %114
  %119 = fmul <4 x double> %broadcast.splat20, %strided.vec34
  %120 = fmul <4 x double> %broadcast.splat22, %strided.vec38
  %121 = fadd <4 x double> %119, %120
  %122 = fmul <4 x double> %broadcast.splat24, %strided.vec37
  %123 = fmul <4 x double> %broadcast.splat26, %strided.vec41
  %124 = fadd <4 x double> %122, %123
  %125 = fadd <4 x double> %121, %124
  %126 = fadd <4 x double> %125, %118
  %127 = fadd <4 x double> %strided.vec29, %126
  %interleaved.vec = shufflevector <4 x double> %111, <4 x double> %127, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %76, align 8
  %index.next42 = add i64 %index28, 4
  %128 = icmp eq i64 %index.next42, %n.vec12
  br i1 %128, label %middle.block43, label %vector.body27

middle.block43:                                   ; preds = %vector.body27
  br i1 %cmp.n, label %B158.loopexit.loopexit.unr-lcssa, label %B198.if.preheader45

B198.if.preheader45:                              ; preds = %B198.if.preheader6, %middle.block43
  %.590214216.ph = phi i64 [ %32, %middle.block43 ], [ 0, %B198.if.preheader6 ]
  %129 = insertelement <2 x double> poison, double %.492, i64 0
  %130 = insertelement <2 x double> %129, double %.430, i64 1
  %131 = insertelement <2 x double> poison, double %.483, i64 0
  %132 = insertelement <2 x double> %131, double %.438, i64 1
  %133 = insertelement <2 x double> poison, double %.465, i64 0
  %134 = insertelement <2 x double> %133, double %.447, i64 1
  %135 = insertelement <2 x double> poison, double %.474, i64 0
  %136 = insertelement <2 x double> %135, double %.456, i64 1
  %137 = insertelement <2 x double> poison, double %.430, i64 0
  %138 = insertelement <2 x double> %137, double %.465, i64 1
  %139 = insertelement <2 x double> poison, double %.438, i64 0
  %140 = insertelement <2 x double> %139, double %.474, i64 1
  %141 = insertelement <2 x double> poison, double %.447, i64 0
  %142 = insertelement <2 x double> %141, double %.483, i64 1
  %143 = insertelement <2 x double> poison, double %.456, i64 0
  %144 = insertelement <2 x double> %143, double %.492, i64 1
  br label %B198.if

B198.if:                                          ; preds = %B198.if.preheader45, %B198.if
  %.590214216 = phi i64 [ %.597.1, %B198.if ], [ %.590214216.ph, %B198.if.preheader45 ]
  %145 = shl i64 %.590214216, 3
  %sunkaddr122 = getelementptr i8, ptr %arg.work, i64 %145
  %scevgep55 = getelementptr i8, ptr %lsr.iv, i64 %145
  %scevgep56 = getelementptr i8, ptr %scevgep55, i64 -64
  %.597.1 = add i64 %.590214216, 2
  %.630.1 = load double, ptr %scevgep55, align 8
  %146 = load <8 x double>, ptr %scevgep56, align 8
  %147 = load <2 x double>, ptr %sunkaddr122, align 8
  %148 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 0, i32 poison>
  %149 = insertelement <2 x double> %148, double %.630.1, i64 1
  %150 = fmul <2 x double> %130, %149
  %151 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 1, i32 7>
  %152 = fmul <2 x double> %132, %151
  %153 = fadd <2 x double> %152, %150
  %154 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 3, i32 6>
  %155 = fmul <2 x double> %134, %154
  %156 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 2, i32 5>
  %157 = fmul <2 x double> %136, %156
  %158 = fadd <2 x double> %155, %157
  %159 = fadd <2 x double> %158, %153
  %160 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 7, i32 4>
  %161 = fmul <2 x double> %138, %160
  %162 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 6, i32 3>
  %163 = fmul <2 x double> %140, %162
  %164 = fadd <2 x double> %161, %163
  %165 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 5, i32 2>
  %166 = fmul <2 x double> %142, %165
  %167 = shufflevector <8 x double> %146, <8 x double> poison, <2 x i32> <i32 4, i32 1>
  %168 = fmul <2 x double> %144, %167
  %169 = fadd <2 x double> %166, %168
  %170 = fadd <2 x double> %164, %169
  %171 = fadd <2 x double> %170, %159
  %172 = fadd <2 x double> %147, %171
  store <2 x double> %172, ptr %sunkaddr122, align 8
  %niter.ncmp.1 = icmp eq i64 %unroll_iter, %.597.1
  br i1 %niter.ncmp.1, label %B158.loopexit.loopexit.unr-lcssa, label %B198.if

B1571.if:                                         ; preds = %B1571.if, %B1571.if.preheader22
  %lsr.iv101 = phi ptr [ %scevgep100, %B1571.if.preheader22 ], [ %scevgep102, %B1571.if ]
  %.815248250 = phi i64 [ %.815248250.unr, %B1571.if.preheader22 ], [ %.822.7, %B1571.if ]
  %sunkaddr126 = shl i64 %.815248250, 3
  %sunkaddr127 = getelementptr i8, ptr %arg.work, i64 %sunkaddr126
  %.849 = load double, ptr %sunkaddr127, align 8
  store double %.849, ptr %lsr.iv101, align 8
  %sunkaddr130 = getelementptr i8, ptr %sunkaddr127, i64 8
  %.849.1 = load double, ptr %sunkaddr130, align 8
  %scevgep103 = getelementptr i8, ptr %lsr.iv101, i64 %4
  store double %.849.1, ptr %scevgep103, align 8
  %sunkaddr133 = getelementptr i8, ptr %sunkaddr127, i64 16
  %.849.2 = load double, ptr %sunkaddr133, align 8
  %scevgep104 = getelementptr i8, ptr %scevgep103, i64 %4
  store double %.849.2, ptr %scevgep104, align 8
  %sunkaddr136 = getelementptr i8, ptr %sunkaddr127, i64 24
  %.849.3 = load double, ptr %sunkaddr136, align 8
  %scevgep105 = getelementptr i8, ptr %scevgep104, i64 %4
  store double %.849.3, ptr %scevgep105, align 8
  %sunkaddr139 = getelementptr i8, ptr %sunkaddr127, i64 32
  %.849.4 = load double, ptr %sunkaddr139, align 8
  %scevgep106 = getelementptr i8, ptr %scevgep105, i64 %4
  store double %.849.4, ptr %scevgep106, align 8
  %sunkaddr142 = getelementptr i8, ptr %sunkaddr127, i64 40
  %.849.5 = load double, ptr %sunkaddr142, align 8
  %scevgep107 = getelementptr i8, ptr %scevgep106, i64 %4
  store double %.849.5, ptr %scevgep107, align 8
  %sunkaddr145 = getelementptr i8, ptr %sunkaddr127, i64 48
  %.849.6 = load double, ptr %sunkaddr145, align 8
  %scevgep108 = getelementptr i8, ptr %scevgep107, i64 %4
  store double %.849.6, ptr %scevgep108, align 8
  %.822.7 = add nsw i64 %.815248250, 8
  %sunkaddr148 = getelementptr i8, ptr %sunkaddr127, i64 56
  %.849.7 = load double, ptr %sunkaddr148, align 8
  %scevgep109 = getelementptr i8, ptr %scevgep108, i64 %4
  store double %.849.7, ptr %scevgep109, align 8
  %scevgep102 = getelementptr i8, ptr %lsr.iv101, i64 %5
  %exitcond285.not.7 = icmp eq i64 %arg.frames, %.822.7
  br i1 %exitcond285.not.7, label %B34.loopexit, label %B1571.if
}

declare i64 @llvm.smax.i64(i64, i64)

declare void @llvm.memset.p0.i64(ptr, i8, i64, i1 immarg)

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1 immarg)

declare void @llvm.assume(i1)


