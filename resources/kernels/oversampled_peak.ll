; bc1bf6293a0e77db32d3f04aa67a0ac17a56263dd7ecd46dd294d78156653154

define i32 @oversampled_peak(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.taps, i64 %arg.count, i64 %arg.phases, ptr %arg.work, ptr %arg.peak, i64 %arg.frames) {
entry:
  %.104254.not = icmp slt i64 %arg.phases, 1
  br i1 %.104254.not, label %B1250, label %B34.if.lr.ph

B34.if.lr.ph:                                     ; preds = %entry
  %.arg.frames203 = tail call i64 @llvm.smax.i64(i64 %arg.frames, i64 0)
  %0 = add i64 %arg.count, 7
  %.365 = lshr i64 %0, 3
  %.344.inv = icmp slt i64 %arg.count, 1
  %.499 = add nsw i64 %arg.count, -8
  %1 = shl i64 %.arg.frames203, 3
  %2 = shl i64 %arg.frames, 3
  %scevgep = getelementptr i8, ptr %arg.peak, i64 %2
  %scevgep2 = getelementptr i8, ptr %arg.work, i64 %2
  %unroll_iter = and i64 %arg.frames, 9223372036854775806
  %bound0 = icmp ult ptr %arg.peak, %scevgep2
  %bound1 = icmp ult ptr %arg.work, %scevgep
  %found.conflict = and i1 %bound0, %bound1
  %n.vec = and i64 %arg.frames, 9223372036854775792
  %n.vec12 = and i64 %arg.frames, 9223372036854775804
  %3 = shl i64 %arg.count, 3
  %scevgep33 = getelementptr i8, ptr %arg.x, i64 %3
  %4 = icmp sgt i64 %arg.frames, 0
  %5 = icmp eq i64 %.365, 0
  %6 = select i1 %.344.inv, i1 true, i1 %5
  %7 = icmp slt i64 %arg.frames, 1
  %8 = icmp eq i64 %arg.frames, 1
  %9 = and i64 %arg.frames, 1
  %10 = icmp eq i64 %9, 0
  %11 = icmp ult i64 %arg.frames, 4
  %brmerge = select i1 %11, i1 true, i1 %found.conflict
  %12 = icmp ult i64 %arg.frames, 16
  %13 = icmp eq i64 %arg.frames, %n.vec
  %14 = and i64 %arg.frames, 12
  %15 = icmp eq i64 %14, 0
  %16 = icmp eq i64 %arg.frames, %n.vec12
  %.625.epil = getelementptr double, ptr %arg.work, i64 %unroll_iter
  %invariant.gep5 = getelementptr double, ptr %arg.x, i64 %unroll_iter
  %17 = add i64 %arg.frames, -8
  %scevgep10 = getelementptr i8, ptr %arg.peak, i64 8
  %scevgep15 = getelementptr i8, ptr %arg.peak, i64 16
  %scevgep20 = getelementptr i8, ptr %arg.peak, i64 24
  %scevgep25 = getelementptr i8, ptr %arg.peak, i64 32
  %scevgep30 = getelementptr i8, ptr %arg.peak, i64 40
  %scevgep35 = getelementptr i8, ptr %arg.peak, i64 48
  %scevgep40 = getelementptr i8, ptr %arg.peak, i64 56
  %18 = add i64 %arg.frames, -8
  %19 = add nsw i64 %unroll_iter, -2
  %scevgep54 = getelementptr i8, ptr %arg.work, i64 8
  %20 = add nsw i64 %unroll_iter, -2
  %21 = lshr i64 %20, 1
  %22 = add i64 %21, 1
  %min.iters.check59 = icmp ult i64 %20, 14
  %mul.result52 = shl i64 %19, 3
  %23 = getelementptr i8, ptr %arg.work, i64 %mul.result52
  %24 = icmp ult ptr %23, %arg.work
  %mul.result56 = shl i64 %19, 3
  %mul.overflow57 = icmp ugt i64 %19, 2305843009213693950
  %25 = getelementptr i8, ptr %scevgep54, i64 %mul.result56
  %26 = icmp ult ptr %25, %scevgep54
  %27 = or i1 %26, %mul.overflow57
  %28 = or i1 %24, %27
  %n.vec62 = and i64 %22, -4
  %29 = shl i64 %n.vec62, 1
  %cmp.n96 = icmp eq i64 %22, %n.vec62
  br label %B34.if

B34.loopexit:                                     ; preds = %B970.if, %middle.block49, %B970.if.prol.loopexit, %vec.epilog.middle.block, %middle.block, %B694
  %exitcond279.not = icmp eq i64 %.117, %arg.phases
  br i1 %exitcond279.not, label %B1250, label %B34.if

B84:                                              ; preds = %B68.if.preheader, %B34.if
  br i1 %6, label %B694, label %B164.if.preheader

B164.if.preheader:                                ; preds = %B84
  %.274 = mul nsw i64 %.110239257, %arg.count
  %invariant.gep = getelementptr double, ptr %arg.taps, i64 %.274
  br label %B164.if

B164.loopexit.loopexit.unr-lcssa:                 ; preds = %B258.if, %middle.block95
  br i1 %10, label %B164.loopexit, label %B258.if.epil.preheader

B258.if.epil.preheader:                           ; preds = %B258.if.preheader, %B164.loopexit.loopexit.unr-lcssa
  %.626.epil = load double, ptr %.625.epil, align 8
  %gep6 = getelementptr double, ptr %invariant.gep5, i64 %.500
  %30 = load <8 x double>, ptr %gep6, align 8
  %31 = shufflevector <8 x double> %343, <8 x double> poison, <2 x i32> <i32 0, i32 4>
  %32 = shufflevector <8 x double> %30, <8 x double> poison, <2 x i32> <i32 7, i32 3>
  %33 = fmul <2 x double> %31, %32
  %34 = shufflevector <8 x double> %343, <8 x double> poison, <2 x i32> <i32 1, i32 5>
  %35 = shufflevector <8 x double> %30, <8 x double> poison, <2 x i32> <i32 6, i32 2>
  %36 = fmul <2 x double> %34, %35
  %37 = fadd <2 x double> %33, %36
  %38 = shufflevector <8 x double> %343, <8 x double> poison, <2 x i32> <i32 2, i32 6>
  %39 = shufflevector <8 x double> %30, <8 x double> poison, <2 x i32> <i32 5, i32 1>
  %40 = fmul <2 x double> %38, %39
  %41 = shufflevector <8 x double> %343, <8 x double> poison, <2 x i32> <i32 3, i32 7>
  %42 = shufflevector <8 x double> %30, <8 x double> poison, <2 x i32> <i32 4, i32 0>
  %43 = fmul <2 x double> %41, %42
  %44 = fadd <2 x double> %40, %43
  %45 = fadd <2 x double> %37, %44
  %shift = shufflevector <2 x double> %45, <2 x double> poison, <2 x i32> <i32 1, i32 poison>
  %foldExtExtBinop = fadd <2 x double> %45, %shift
  %.680.epil = extractelement <2 x double> %foldExtExtBinop, i64 0
  %.681.epil = fadd double %.626.epil, %.680.epil
  store double %.681.epil, ptr %.625.epil, align 8
  br label %B164.loopexit

B164.loopexit:                                    ; preds = %B164.if, %B258.if.epil.preheader, %B164.loopexit.loopexit.unr-lcssa
  %scevgep34 = getelementptr i8, ptr %lsr.iv, i64 -64
  %.386 = icmp sgt i64 %.385218226, 1
  br i1 %.386, label %B164.if, label %B694

B694:                                             ; preds = %B164.loopexit, %B84
  br i1 %7, label %B34.loopexit, label %iter.check

iter.check:                                       ; preds = %B694
  br i1 %brmerge, label %B970.if.preheader, label %vector.main.loop.iter.check

vector.main.loop.iter.check:                      ; preds = %iter.check
  br i1 %12, label %vec.epilog.vector.body.preheader, label %vector.body

vector.body:                                      ; preds = %vector.main.loop.iter.check, %vector.body
  %index = phi i64 [ %index.next, %vector.body ], [ 0, %vector.main.loop.iter.check ]
  %sunkaddr = shl i64 %index, 3
  %sunkaddr118 = getelementptr i8, ptr %arg.peak, i64 %sunkaddr
  %wide.load = load <4 x double>, ptr %sunkaddr118, align 8
  %sunkaddr121 = getelementptr i8, ptr %sunkaddr118, i64 32
  %wide.load4 = load <4 x double>, ptr %sunkaddr121, align 8
  %sunkaddr124 = getelementptr i8, ptr %sunkaddr118, i64 64
  %wide.load5 = load <4 x double>, ptr %sunkaddr124, align 8
  %sunkaddr127 = getelementptr i8, ptr %sunkaddr118, i64 96
  %wide.load6 = load <4 x double>, ptr %sunkaddr127, align 8
  %sunkaddr129 = getelementptr i8, ptr %arg.work, i64 %sunkaddr
  %wide.load7 = load <4 x double>, ptr %sunkaddr129, align 8
  %sunkaddr132 = getelementptr i8, ptr %sunkaddr129, i64 32
  %wide.load8 = load <4 x double>, ptr %sunkaddr132, align 8
  %sunkaddr135 = getelementptr i8, ptr %sunkaddr129, i64 64
  %wide.load9 = load <4 x double>, ptr %sunkaddr135, align 8
  %sunkaddr138 = getelementptr i8, ptr %sunkaddr129, i64 96
  %wide.load10 = load <4 x double>, ptr %sunkaddr138, align 8
  %46 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load7)
  %47 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load8)
  %48 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load9)
  %49 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load10)
  %50 = fcmp ogt <4 x double> %46, %wide.load
  %51 = fcmp ogt <4 x double> %47, %wide.load4
  %52 = fcmp ogt <4 x double> %48, %wide.load5
  %53 = fcmp ogt <4 x double> %49, %wide.load6
  %54 = select <4 x i1> %50, <4 x double> %46, <4 x double> %wide.load
  %55 = select <4 x i1> %51, <4 x double> %47, <4 x double> %wide.load4
  %56 = select <4 x i1> %52, <4 x double> %48, <4 x double> %wide.load5
  %57 = select <4 x i1> %53, <4 x double> %49, <4 x double> %wide.load6
  store <4 x double> %54, ptr %sunkaddr118, align 8
  store <4 x double> %55, ptr %sunkaddr121, align 8
  store <4 x double> %56, ptr %sunkaddr124, align 8
  store <4 x double> %57, ptr %sunkaddr127, align 8
  %index.next = add nsw i64 %index, 16
  %58 = icmp eq i64 %n.vec, %index.next
  br i1 %58, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  br i1 %13, label %B34.loopexit, label %vec.epilog.iter.check

vec.epilog.iter.check:                            ; preds = %middle.block
  br i1 %15, label %B970.if.preheader, label %vec.epilog.vector.body.preheader

vec.epilog.vector.body.preheader:                 ; preds = %vec.epilog.iter.check, %vector.main.loop.iter.check
  %index13.ph = phi i64 [ 0, %vector.main.loop.iter.check ], [ %n.vec, %vec.epilog.iter.check ]
  br label %vec.epilog.vector.body

vec.epilog.vector.body:                           ; preds = %vec.epilog.vector.body.preheader, %vec.epilog.vector.body
  %index13 = phi i64 [ %index.next16, %vec.epilog.vector.body ], [ %index13.ph, %vec.epilog.vector.body.preheader ]
  %59 = shl i64 %index13, 3
  %scevgep81 = getelementptr i8, ptr %arg.peak, i64 %59
  %wide.load14 = load <4 x double>, ptr %scevgep81, align 8
  %scevgep80 = getelementptr i8, ptr %arg.work, i64 %59
  %wide.load15 = load <4 x double>, ptr %scevgep80, align 8
  %60 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load15)
  %61 = fcmp ogt <4 x double> %60, %wide.load14
  %62 = select <4 x i1> %61, <4 x double> %60, <4 x double> %wide.load14
  store <4 x double> %62, ptr %scevgep81, align 8
  %index.next16 = add i64 %index13, 4
  %63 = icmp eq i64 %n.vec12, %index.next16
  br i1 %63, label %vec.epilog.middle.block, label %vec.epilog.vector.body

vec.epilog.middle.block:                          ; preds = %vec.epilog.vector.body
  br i1 %16, label %B34.loopexit, label %B970.if.preheader

B970.if.preheader:                                ; preds = %vec.epilog.middle.block, %vec.epilog.iter.check, %iter.check
  %.815232234.ph = phi i64 [ 0, %iter.check ], [ %n.vec12, %vec.epilog.middle.block ], [ %n.vec, %vec.epilog.iter.check ]
  %64 = sub nsw i64 %arg.frames, %.815232234.ph
  %xtraiter25 = and i64 %64, 7
  %lcmp.mod26.not = icmp eq i64 %xtraiter25, 0
  br i1 %lcmp.mod26.not, label %B970.if.prol.loopexit, label %B970.if.prol

B970.if.prol:                                     ; preds = %B970.if.preheader
  %65 = shl i64 %.815232234.ph, 3
  %scevgep83 = getelementptr i8, ptr %arg.peak, i64 %65
  %.849.prol = load double, ptr %scevgep83, align 8
  %scevgep82 = getelementptr i8, ptr %arg.work, i64 %65
  %.852.prol = load double, ptr %scevgep82, align 8
  %.853.prol = tail call double @llvm.fabs.f64(double %.852.prol)
  %.10.i.prol = fcmp ogt double %.853.prol, %.849.prol
  %.11.i.prol = select i1 %.10.i.prol, double %.853.prol, double %.849.prol
  %.822.prol = or i64 %.815232234.ph, 1
  store double %.11.i.prol, ptr %scevgep83, align 8
  %prol.iter.cmp.not = icmp eq i64 %xtraiter25, 1
  br i1 %prol.iter.cmp.not, label %B970.if.prol.loopexit, label %B970.if.prol.1

B970.if.prol.1:                                   ; preds = %B970.if.prol
  %66 = shl i64 %.822.prol, 3
  %scevgep83.1 = getelementptr i8, ptr %arg.peak, i64 %66
  %.849.prol.1 = load double, ptr %scevgep83.1, align 8
  %scevgep82.1 = getelementptr i8, ptr %arg.work, i64 %66
  %.852.prol.1 = load double, ptr %scevgep82.1, align 8
  %.853.prol.1 = tail call double @llvm.fabs.f64(double %.852.prol.1)
  %.10.i.prol.1 = fcmp ogt double %.853.prol.1, %.849.prol.1
  %.11.i.prol.1 = select i1 %.10.i.prol.1, double %.853.prol.1, double %.849.prol.1
  %.822.prol.1 = or i64 %.815232234.ph, 2
  store double %.11.i.prol.1, ptr %scevgep83.1, align 8
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter25, 2
  br i1 %prol.iter.cmp.not.1, label %B970.if.prol.loopexit, label %B970.if.prol.2

B970.if.prol.2:                                   ; preds = %B970.if.prol.1
  %67 = shl i64 %.822.prol.1, 3
  %scevgep83.2 = getelementptr i8, ptr %arg.peak, i64 %67
  %.849.prol.2 = load double, ptr %scevgep83.2, align 8
  %scevgep82.2 = getelementptr i8, ptr %arg.work, i64 %67
  %.852.prol.2 = load double, ptr %scevgep82.2, align 8
  %.853.prol.2 = tail call double @llvm.fabs.f64(double %.852.prol.2)
  %.10.i.prol.2 = fcmp ogt double %.853.prol.2, %.849.prol.2
  %.11.i.prol.2 = select i1 %.10.i.prol.2, double %.853.prol.2, double %.849.prol.2
  %.822.prol.2 = or i64 %.815232234.ph, 3
  store double %.11.i.prol.2, ptr %scevgep83.2, align 8
  %prol.iter.cmp.not.2 = icmp eq i64 %xtraiter25, 3
  br i1 %prol.iter.cmp.not.2, label %B970.if.prol.loopexit, label %B970.if.prol.3

B970.if.prol.3:                                   ; preds = %B970.if.prol.2
  %68 = shl i64 %.822.prol.2, 3
  %scevgep83.3 = getelementptr i8, ptr %arg.peak, i64 %68
  %.849.prol.3 = load double, ptr %scevgep83.3, align 8
  %scevgep82.3 = getelementptr i8, ptr %arg.work, i64 %68
  %.852.prol.3 = load double, ptr %scevgep82.3, align 8
  %.853.prol.3 = tail call double @llvm.fabs.f64(double %.852.prol.3)
  %.10.i.prol.3 = fcmp ogt double %.853.prol.3, %.849.prol.3
  %.11.i.prol.3 = select i1 %.10.i.prol.3, double %.853.prol.3, double %.849.prol.3
  %.822.prol.3 = add i64 %.815232234.ph, 4
  store double %.11.i.prol.3, ptr %scevgep83.3, align 8
  %prol.iter.cmp.not.3 = icmp eq i64 %xtraiter25, 4
  br i1 %prol.iter.cmp.not.3, label %B970.if.prol.loopexit, label %B970.if.prol.4

B970.if.prol.4:                                   ; preds = %B970.if.prol.3
  %69 = shl i64 %.822.prol.3, 3
  %scevgep83.4 = getelementptr i8, ptr %arg.peak, i64 %69
  %.849.prol.4 = load double, ptr %scevgep83.4, align 8
  %scevgep82.4 = getelementptr i8, ptr %arg.work, i64 %69
  %.852.prol.4 = load double, ptr %scevgep82.4, align 8
  %.853.prol.4 = tail call double @llvm.fabs.f64(double %.852.prol.4)
  %.10.i.prol.4 = fcmp ogt double %.853.prol.4, %.849.prol.4
  %.11.i.prol.4 = select i1 %.10.i.prol.4, double %.853.prol.4, double %.849.prol.4
  %.822.prol.4 = add i64 %.815232234.ph, 5
  store double %.11.i.prol.4, ptr %scevgep83.4, align 8
  %prol.iter.cmp.not.4 = icmp eq i64 %xtraiter25, 5
  br i1 %prol.iter.cmp.not.4, label %B970.if.prol.loopexit, label %B970.if.prol.5

B970.if.prol.5:                                   ; preds = %B970.if.prol.4
  %70 = shl i64 %.822.prol.4, 3
  %scevgep83.5 = getelementptr i8, ptr %arg.peak, i64 %70
  %.849.prol.5 = load double, ptr %scevgep83.5, align 8
  %scevgep82.5 = getelementptr i8, ptr %arg.work, i64 %70
  %.852.prol.5 = load double, ptr %scevgep82.5, align 8
  %.853.prol.5 = tail call double @llvm.fabs.f64(double %.852.prol.5)
  %.10.i.prol.5 = fcmp ogt double %.853.prol.5, %.849.prol.5
  %.11.i.prol.5 = select i1 %.10.i.prol.5, double %.853.prol.5, double %.849.prol.5
  %.822.prol.5 = add i64 %.815232234.ph, 6
  store double %.11.i.prol.5, ptr %scevgep83.5, align 8
  %prol.iter.cmp.not.5 = icmp eq i64 %xtraiter25, 6
  br i1 %prol.iter.cmp.not.5, label %B970.if.prol.loopexit, label %B970.if.prol.6

B970.if.prol.6:                                   ; preds = %B970.if.prol.5
  %71 = shl i64 %.822.prol.5, 3
  %scevgep83.6 = getelementptr i8, ptr %arg.peak, i64 %71
  %.849.prol.6 = load double, ptr %scevgep83.6, align 8
  %scevgep82.6 = getelementptr i8, ptr %arg.work, i64 %71
  %.852.prol.6 = load double, ptr %scevgep82.6, align 8
  %.853.prol.6 = tail call double @llvm.fabs.f64(double %.852.prol.6)
  %.10.i.prol.6 = fcmp ogt double %.853.prol.6, %.849.prol.6
  %.11.i.prol.6 = select i1 %.10.i.prol.6, double %.853.prol.6, double %.849.prol.6
  %.822.prol.6 = add i64 %.815232234.ph, 7
  store double %.11.i.prol.6, ptr %scevgep83.6, align 8
  br label %B970.if.prol.loopexit

B970.if.prol.loopexit:                            ; preds = %B970.if.prol, %B970.if.prol.1, %B970.if.prol.2, %B970.if.prol.3, %B970.if.prol.4, %B970.if.prol.5, %B970.if.prol.6, %B970.if.preheader
  %.815232234.unr = phi i64 [ %.815232234.ph, %B970.if.preheader ], [ %.822.prol, %B970.if.prol ], [ %.822.prol.1, %B970.if.prol.1 ], [ %.822.prol.2, %B970.if.prol.2 ], [ %.822.prol.3, %B970.if.prol.3 ], [ %.822.prol.4, %B970.if.prol.4 ], [ %.822.prol.5, %B970.if.prol.5 ], [ %.822.prol.6, %B970.if.prol.6 ]
  %72 = sub nsw i64 %.815232234.ph, %arg.frames
  %73 = icmp ugt i64 %72, -8
  br i1 %73, label %B34.loopexit, label %B970.if.preheader8

B970.if.preheader8:                               ; preds = %B970.if.prol.loopexit
  %74 = sub i64 %18, %.815232234.unr
  %75 = lshr i64 %74, 3
  %76 = add nsw i64 %75, 1
  %min.iters.check = icmp ult i64 %74, 120
  br i1 %min.iters.check, label %B970.if.preheader100, label %vector.scevcheck

vector.scevcheck:                                 ; preds = %B970.if.preheader8
  %77 = sub i64 %17, %.815232234.unr
  %78 = lshr i64 %77, 3
  %79 = shl i64 %.815232234.unr, 3
  %scevgep9 = getelementptr i8, ptr %arg.peak, i64 %79
  %mul.result = shl i64 %78, 6
  %80 = getelementptr i8, ptr %scevgep9, i64 %mul.result
  %81 = icmp ult ptr %80, %scevgep9
  %scevgep11 = getelementptr i8, ptr %scevgep10, i64 %79
  %mul.result13 = shl i64 %78, 6
  %mul.overflow14 = icmp ugt i64 %77, 2305843009213693951
  %82 = getelementptr i8, ptr %scevgep11, i64 %mul.result13
  %83 = icmp ult ptr %82, %scevgep11
  %84 = or i1 %83, %mul.overflow14
  %scevgep16 = getelementptr i8, ptr %scevgep15, i64 %79
  %mul.result18 = shl i64 %78, 6
  %85 = getelementptr i8, ptr %scevgep16, i64 %mul.result18
  %86 = icmp ult ptr %85, %scevgep16
  %scevgep21 = getelementptr i8, ptr %scevgep20, i64 %79
  %mul.result23 = shl i64 %78, 6
  %87 = getelementptr i8, ptr %scevgep21, i64 %mul.result23
  %88 = icmp ult ptr %87, %scevgep21
  %scevgep26 = getelementptr i8, ptr %scevgep25, i64 %79
  %mul.result28 = shl i64 %78, 6
  %89 = getelementptr i8, ptr %scevgep26, i64 %mul.result28
  %90 = icmp ult ptr %89, %scevgep26
  %scevgep31 = getelementptr i8, ptr %scevgep30, i64 %79
  %mul.result33 = shl i64 %78, 6
  %91 = getelementptr i8, ptr %scevgep31, i64 %mul.result33
  %92 = icmp ult ptr %91, %scevgep31
  %scevgep36 = getelementptr i8, ptr %scevgep35, i64 %79
  %mul.result38 = shl i64 %78, 6
  %93 = getelementptr i8, ptr %scevgep36, i64 %mul.result38
  %94 = icmp ult ptr %93, %scevgep36
  %scevgep41 = getelementptr i8, ptr %scevgep40, i64 %79
  %mul.result43 = shl i64 %78, 6
  %95 = getelementptr i8, ptr %scevgep41, i64 %mul.result43
  %96 = icmp ult ptr %95, %scevgep41
  %97 = or i1 %81, %84
  %98 = or i1 %86, %97
  %99 = or i1 %88, %98
  %100 = or i1 %90, %99
  %101 = or i1 %92, %100
  %102 = or i1 %94, %101
  %103 = or i1 %96, %102
  br i1 %103, label %B970.if.preheader100, label %vector.ph

vector.ph:                                        ; preds = %vector.scevcheck
  %n.vec45 = and i64 %76, 4611686018427387900
  %104 = shl i64 %n.vec45, 3
  %105 = add i64 %.815232234.unr, %104
  br label %vector.body46

vector.body46:                                    ; preds = %vector.body46, %vector.ph
  %index47 = phi i64 [ 0, %vector.ph ], [ %index.next48, %vector.body46 ]
  %106 = shl i64 %index47, 3
  %offset.idx = add i64 %.815232234.unr, %106
  %107 = shl i64 %offset.idx, 3
  %108 = shl i64 %offset.idx, 3
  %109 = add i64 %108, 64
  %110 = shl i64 %offset.idx, 3
  %111 = add i64 %110, 128
  %112 = shl i64 %offset.idx, 3
  %113 = add i64 %112, 192
  %114 = getelementptr i8, ptr %arg.peak, i64 %107
  %115 = getelementptr i8, ptr %arg.peak, i64 %109
  %116 = getelementptr i8, ptr %arg.peak, i64 %111
  %117 = getelementptr i8, ptr %arg.peak, i64 %113
  %118 = load double, ptr %114, align 8
  %119 = load double, ptr %115, align 8
  %120 = load double, ptr %116, align 8
  %121 = load double, ptr %117, align 8
  %122 = insertelement <4 x double> poison, double %118, i64 0
  %123 = insertelement <4 x double> %122, double %119, i64 1
  %124 = insertelement <4 x double> %123, double %120, i64 2
  %125 = insertelement <4 x double> %124, double %121, i64 3
  %126 = getelementptr i8, ptr %arg.work, i64 %107
  %127 = getelementptr i8, ptr %arg.work, i64 %109
  %128 = getelementptr i8, ptr %arg.work, i64 %111
  %129 = getelementptr i8, ptr %arg.work, i64 %113
  %130 = load double, ptr %126, align 8
  %131 = load double, ptr %127, align 8
  %132 = load double, ptr %128, align 8
  %133 = load double, ptr %129, align 8
  %134 = insertelement <4 x double> poison, double %130, i64 0
  %135 = insertelement <4 x double> %134, double %131, i64 1
  %136 = insertelement <4 x double> %135, double %132, i64 2
  %137 = insertelement <4 x double> %136, double %133, i64 3
  %138 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %137)
  %139 = getelementptr i8, ptr %114, i64 8
  %140 = getelementptr i8, ptr %115, i64 8
  %141 = getelementptr i8, ptr %116, i64 8
  %142 = getelementptr i8, ptr %117, i64 8
  %143 = load double, ptr %139, align 8
  %144 = load double, ptr %140, align 8
  %145 = load double, ptr %141, align 8
  %146 = load double, ptr %142, align 8
  %147 = insertelement <4 x double> poison, double %143, i64 0
  %148 = insertelement <4 x double> %147, double %144, i64 1
  %149 = insertelement <4 x double> %148, double %145, i64 2
  %150 = insertelement <4 x double> %149, double %146, i64 3
  %151 = getelementptr i8, ptr %126, i64 8
  %152 = getelementptr i8, ptr %127, i64 8
  %153 = getelementptr i8, ptr %128, i64 8
  %154 = getelementptr i8, ptr %129, i64 8
  %155 = load double, ptr %151, align 8
  %156 = load double, ptr %152, align 8
  %157 = load double, ptr %153, align 8
  %158 = load double, ptr %154, align 8
  %159 = insertelement <4 x double> poison, double %155, i64 0
  %160 = insertelement <4 x double> %159, double %156, i64 1
  %161 = insertelement <4 x double> %160, double %157, i64 2
  %162 = insertelement <4 x double> %161, double %158, i64 3
  %163 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %162)
  %164 = getelementptr i8, ptr %114, i64 16
  %165 = getelementptr i8, ptr %115, i64 16
  %166 = getelementptr i8, ptr %116, i64 16
  %167 = getelementptr i8, ptr %117, i64 16
  %168 = load double, ptr %164, align 8
  %169 = load double, ptr %165, align 8
  %170 = load double, ptr %166, align 8
  %171 = load double, ptr %167, align 8
  %172 = insertelement <4 x double> poison, double %168, i64 0
  %173 = insertelement <4 x double> %172, double %169, i64 1
  %174 = insertelement <4 x double> %173, double %170, i64 2
  %175 = insertelement <4 x double> %174, double %171, i64 3
  %176 = getelementptr i8, ptr %126, i64 16
  %177 = getelementptr i8, ptr %127, i64 16
  %178 = getelementptr i8, ptr %128, i64 16
  %179 = getelementptr i8, ptr %129, i64 16
  %180 = load double, ptr %176, align 8
  %181 = load double, ptr %177, align 8
  %182 = load double, ptr %178, align 8
  %183 = load double, ptr %179, align 8
  %184 = insertelement <4 x double> poison, double %180, i64 0
  %185 = insertelement <4 x double> %184, double %181, i64 1
  %186 = insertelement <4 x double> %185, double %182, i64 2
  %187 = insertelement <4 x double> %186, double %183, i64 3
  %188 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %187)
  %189 = getelementptr i8, ptr %114, i64 24
  %190 = getelementptr i8, ptr %115, i64 24
  %191 = getelementptr i8, ptr %116, i64 24
  %192 = getelementptr i8, ptr %117, i64 24
  %193 = load double, ptr %189, align 8
  %194 = load double, ptr %190, align 8
  %195 = load double, ptr %191, align 8
  %196 = load double, ptr %192, align 8
  %197 = insertelement <4 x double> poison, double %193, i64 0
  %198 = insertelement <4 x double> %197, double %194, i64 1
  %199 = insertelement <4 x double> %198, double %195, i64 2
  %200 = insertelement <4 x double> %199, double %196, i64 3
  %201 = getelementptr i8, ptr %126, i64 24
  %202 = getelementptr i8, ptr %127, i64 24
  %203 = getelementptr i8, ptr %128, i64 24
  %204 = getelementptr i8, ptr %129, i64 24
  %205 = load double, ptr %201, align 8
  %206 = load double, ptr %202, align 8
  %207 = load double, ptr %203, align 8
  %208 = load double, ptr %204, align 8
  %209 = insertelement <4 x double> poison, double %205, i64 0
  %210 = insertelement <4 x double> %209, double %206, i64 1
  %211 = insertelement <4 x double> %210, double %207, i64 2
  %212 = insertelement <4 x double> %211, double %208, i64 3
  %213 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %212)
  %214 = getelementptr i8, ptr %114, i64 32
  %215 = getelementptr i8, ptr %115, i64 32
  %216 = getelementptr i8, ptr %116, i64 32
  %217 = getelementptr i8, ptr %117, i64 32
  %218 = load double, ptr %214, align 8
  %219 = load double, ptr %215, align 8
  %220 = load double, ptr %216, align 8
  %221 = load double, ptr %217, align 8
  %222 = insertelement <4 x double> poison, double %218, i64 0
  %223 = insertelement <4 x double> %222, double %219, i64 1
  %224 = insertelement <4 x double> %223, double %220, i64 2
  %225 = insertelement <4 x double> %224, double %221, i64 3
  %226 = getelementptr i8, ptr %126, i64 32
  %227 = getelementptr i8, ptr %127, i64 32
  %228 = getelementptr i8, ptr %128, i64 32
  %229 = getelementptr i8, ptr %129, i64 32
  %230 = load double, ptr %226, align 8
  %231 = load double, ptr %227, align 8
  %232 = load double, ptr %228, align 8
  %233 = load double, ptr %229, align 8
  %234 = insertelement <4 x double> poison, double %230, i64 0
  %235 = insertelement <4 x double> %234, double %231, i64 1
  %236 = insertelement <4 x double> %235, double %232, i64 2
  %237 = insertelement <4 x double> %236, double %233, i64 3
  %238 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %237)
  %239 = getelementptr i8, ptr %114, i64 40
  %240 = getelementptr i8, ptr %115, i64 40
  %241 = getelementptr i8, ptr %116, i64 40
  %242 = getelementptr i8, ptr %117, i64 40
  %243 = load double, ptr %239, align 8
  %244 = load double, ptr %240, align 8
  %245 = load double, ptr %241, align 8
  %246 = load double, ptr %242, align 8
  %247 = insertelement <4 x double> poison, double %243, i64 0
  %248 = insertelement <4 x double> %247, double %244, i64 1
  %249 = insertelement <4 x double> %248, double %245, i64 2
  %250 = insertelement <4 x double> %249, double %246, i64 3
  %251 = getelementptr i8, ptr %126, i64 40
  %252 = getelementptr i8, ptr %127, i64 40
  %253 = getelementptr i8, ptr %128, i64 40
  %254 = getelementptr i8, ptr %129, i64 40
  %255 = load double, ptr %251, align 8
  %256 = load double, ptr %252, align 8
  %257 = load double, ptr %253, align 8
  %258 = load double, ptr %254, align 8
  %259 = insertelement <4 x double> poison, double %255, i64 0
  %260 = insertelement <4 x double> %259, double %256, i64 1
  %261 = insertelement <4 x double> %260, double %257, i64 2
  %262 = insertelement <4 x double> %261, double %258, i64 3
  %263 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %262)
  %264 = getelementptr i8, ptr %114, i64 48
  %265 = getelementptr i8, ptr %115, i64 48
  %266 = getelementptr i8, ptr %116, i64 48
  %267 = getelementptr i8, ptr %117, i64 48
  %268 = load double, ptr %264, align 8
  %269 = load double, ptr %265, align 8
  %270 = load double, ptr %266, align 8
  %271 = load double, ptr %267, align 8
  %272 = insertelement <4 x double> poison, double %268, i64 0
  %273 = insertelement <4 x double> %272, double %269, i64 1
  %274 = insertelement <4 x double> %273, double %270, i64 2
  %275 = insertelement <4 x double> %274, double %271, i64 3
  %276 = getelementptr i8, ptr %126, i64 48
  %277 = getelementptr i8, ptr %127, i64 48
  %278 = getelementptr i8, ptr %128, i64 48
  %279 = getelementptr i8, ptr %129, i64 48
  %280 = load double, ptr %276, align 8
  %281 = load double, ptr %277, align 8
  %282 = load double, ptr %278, align 8
  %283 = load double, ptr %279, align 8
  %284 = insertelement <4 x double> poison, double %280, i64 0
  %285 = insertelement <4 x double> %284, double %281, i64 1
  %286 = insertelement <4 x double> %285, double %282, i64 2
  %287 = insertelement <4 x double> %286, double %283, i64 3
  %288 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %287)
  %289 = getelementptr i8, ptr %114, i64 56
  %290 = getelementptr i8, ptr %115, i64 56
  %291 = getelementptr i8, ptr %116, i64 56
  %292 = getelementptr i8, ptr %117, i64 56
  %293 = load double, ptr %289, align 8
  %294 = load double, ptr %290, align 8
  %295 = load double, ptr %291, align 8
  %296 = load double, ptr %292, align 8
  %297 = insertelement <4 x double> poison, double %293, i64 0
  %298 = insertelement <4 x double> %297, double %294, i64 1
  %299 = insertelement <4 x double> %298, double %295, i64 2
  %300 = insertelement <4 x double> %299, double %296, i64 3
  %301 = getelementptr i8, ptr %126, i64 56
  %302 = getelementptr i8, ptr %127, i64 56
  %303 = getelementptr i8, ptr %128, i64 56
  %304 = getelementptr i8, ptr %129, i64 56
  %305 = load double, ptr %301, align 8
  %306 = load double, ptr %302, align 8
  %307 = load double, ptr %303, align 8
  %308 = load double, ptr %304, align 8
  %309 = insertelement <4 x double> poison, double %305, i64 0
  %310 = insertelement <4 x double> %309, double %306, i64 1
  %311 = insertelement <4 x double> %310, double %307, i64 2
  %312 = insertelement <4 x double> %311, double %308, i64 3
  %313 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %312)
  %314 = shufflevector <4 x double> %138, <4 x double> %163, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %315 = shufflevector <4 x double> %188, <4 x double> %213, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %316 = shufflevector <8 x double> %314, <8 x double> %315, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %317 = shufflevector <4 x double> %125, <4 x double> %150, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %318 = shufflevector <4 x double> %175, <4 x double> %200, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %319 = shufflevector <8 x double> %317, <8 x double> %318, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %320 = fcmp ogt <16 x double> %316, %319
  %321 = shufflevector <4 x double> %138, <4 x double> %163, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %322 = shufflevector <4 x double> %188, <4 x double> %213, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %323 = shufflevector <8 x double> %321, <8 x double> %322, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %324 = shufflevector <4 x double> %125, <4 x double> %150, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %325 = shufflevector <4 x double> %175, <4 x double> %200, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %326 = shufflevector <8 x double> %324, <8 x double> %325, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %327 = select <16 x i1> %320, <16 x double> %323, <16 x double> %326
  %328 = shufflevector <4 x double> %238, <4 x double> %263, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %329 = shufflevector <4 x double> %288, <4 x double> %313, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %330 = shufflevector <8 x double> %328, <8 x double> %329, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %331 = shufflevector <4 x double> %225, <4 x double> %250, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %332 = shufflevector <4 x double> %275, <4 x double> %300, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %333 = shufflevector <8 x double> %331, <8 x double> %332, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %334 = fcmp ogt <16 x double> %330, %333
  %335 = shufflevector <4 x double> %238, <4 x double> %263, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %336 = shufflevector <4 x double> %288, <4 x double> %313, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %337 = shufflevector <8 x double> %335, <8 x double> %336, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %338 = shufflevector <4 x double> %225, <4 x double> %250, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %339 = shufflevector <4 x double> %275, <4 x double> %300, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %340 = shufflevector <8 x double> %338, <8 x double> %339, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %341 = select <16 x i1> %334, <16 x double> %337, <16 x double> %340
  %interleaved.vec = shufflevector <16 x double> %327, <16 x double> %341, <32 x i32> <i32 0, i32 4, i32 8, i32 12, i32 16, i32 20, i32 24, i32 28, i32 1, i32 5, i32 9, i32 13, i32 17, i32 21, i32 25, i32 29, i32 2, i32 6, i32 10, i32 14, i32 18, i32 22, i32 26, i32 30, i32 3, i32 7, i32 11, i32 15, i32 19, i32 23, i32 27, i32 31>
  store <32 x double> %interleaved.vec, ptr %114, align 8
  %index.next48 = add i64 %index47, 4
  %342 = icmp eq i64 %index.next48, %n.vec45
  br i1 %342, label %middle.block49, label %vector.body46

middle.block49:                                   ; preds = %vector.body46
  %cmp.n = icmp eq i64 %76, %n.vec45
  br i1 %cmp.n, label %B34.loopexit, label %B970.if.preheader100

B970.if.preheader100:                             ; preds = %vector.scevcheck, %B970.if.preheader8, %middle.block49
  %.815232234.ph101 = phi i64 [ %.815232234.unr, %vector.scevcheck ], [ %.815232234.unr, %B970.if.preheader8 ], [ %105, %middle.block49 ]
  br label %B970.if

B1250:                                            ; preds = %B34.loopexit, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.loopexit, %B34.if.lr.ph
  %.110239257 = phi i64 [ 0, %B34.if.lr.ph ], [ %.117, %B34.loopexit ]
  %.117 = add nsw i64 %.110239257, 1
  br i1 %4, label %B68.if.preheader, label %B84

B68.if.preheader:                                 ; preds = %B34.if
  tail call void @llvm.memset.p0.i64(ptr align 8 %arg.work, i8 0, i64 %1, i1 false)
  br label %B84

B164.if:                                          ; preds = %B164.loopexit, %B164.if.preheader
  %lsr.iv = phi ptr [ %scevgep33, %B164.if.preheader ], [ %scevgep34, %B164.loopexit ]
  %.385218226 = phi i64 [ %.365, %B164.if.preheader ], [ %.395, %B164.loopexit ]
  %.392219225 = phi i64 [ 0, %B164.if.preheader ], [ %.399, %B164.loopexit ]
  %.395 = add nsw i64 %.385218226, -1
  %.399 = add i64 %.392219225, 8
  %gep = getelementptr double, ptr %invariant.gep, i64 %.392219225
  %.437 = getelementptr i8, ptr %gep, i64 8
  %.455 = getelementptr i8, ptr %gep, i64 24
  %.473 = getelementptr i8, ptr %gep, i64 40
  %.491 = getelementptr i8, ptr %gep, i64 56
  %343 = load <8 x double>, ptr %gep, align 8
  %.492 = load double, ptr %.491, align 8
  %.456 = load double, ptr %.455, align 8
  %344 = load <2 x double>, ptr %.473, align 8
  %345 = load <2 x double>, ptr %.437, align 8
  br i1 %7, label %B164.loopexit, label %B258.if.preheader

B258.if.preheader:                                ; preds = %B164.if
  %.500 = sub i64 %.499, %.392219225
  br i1 %8, label %B258.if.epil.preheader, label %B258.if.preheader7

B258.if.preheader7:                               ; preds = %B258.if.preheader
  %brmerge102 = select i1 %min.iters.check59, i1 true, i1 %28
  br i1 %brmerge102, label %B258.if.preheader99, label %vector.ph60

vector.ph60:                                      ; preds = %B258.if.preheader7
  %broadcast.splat = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splat64 = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %broadcast.splat66 = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> <i32 2, i32 2, i32 2, i32 2>
  %broadcast.splat68 = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> <i32 3, i32 3, i32 3, i32 3>
  %broadcast.splat70 = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> <i32 4, i32 4, i32 4, i32 4>
  %broadcast.splat72 = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> <i32 5, i32 5, i32 5, i32 5>
  %broadcast.splat74 = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> <i32 6, i32 6, i32 6, i32 6>
  %broadcast.splat76 = shufflevector <8 x double> %343, <8 x double> poison, <4 x i32> <i32 7, i32 7, i32 7, i32 7>
  br label %vector.body77

vector.body77:                                    ; preds = %vector.body77, %vector.ph60
  %index78 = phi i64 [ 0, %vector.ph60 ], [ %index.next94, %vector.body77 ]
  %offset.idx79 = shl i64 %index78, 4
  %346 = shl i64 %index78, 4
  %347 = shl i64 %index78, 4
  %348 = shl i64 %index78, 4
  %349 = getelementptr i8, ptr %arg.work, i64 %346
  %wide.vec = load <8 x double>, ptr %349, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec80 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %350 = getelementptr i8, ptr %lsr.iv, i64 %346
  %351 = getelementptr i8, ptr %lsr.iv, i64 %347
  %352 = getelementptr i8, ptr %lsr.iv, i64 %348
  %353 = getelementptr i8, ptr %lsr.iv, i64 %offset.idx79
  %354 = getelementptr i8, ptr %350, i64 -64
  %355 = getelementptr i8, ptr %350, i64 -8
  %wide.vec81 = load <8 x double>, ptr %355, align 8
  %strided.vec82 = shufflevector <8 x double> %wide.vec81, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec83 = shufflevector <8 x double> %wide.vec81, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %356 = fmul <4 x double> %broadcast.splat, %strided.vec82
  %357 = getelementptr i8, ptr %350, i64 -16
  %358 = getelementptr i8, ptr %352, i64 16
  %359 = getelementptr i8, ptr %353, i64 32
  %360 = load double, ptr %357, align 8
  %361 = load double, ptr %351, align 8
  %362 = load double, ptr %358, align 8
  %363 = load double, ptr %359, align 8
  %364 = insertelement <4 x double> poison, double %360, i64 0
  %365 = insertelement <4 x double> %364, double %361, i64 1
  %366 = insertelement <4 x double> %365, double %362, i64 2
  %367 = insertelement <4 x double> %366, double %363, i64 3
  %368 = fmul <4 x double> %broadcast.splat64, %367
  %369 = fadd <4 x double> %356, %368
  %370 = getelementptr i8, ptr %350, i64 -32
  %wide.vec84 = load <8 x double>, ptr %370, align 8
  %strided.vec85 = shufflevector <8 x double> %wide.vec84, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec86 = shufflevector <8 x double> %wide.vec84, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %371 = fmul <4 x double> %broadcast.splat66, %strided.vec86
  %372 = fmul <4 x double> %broadcast.splat68, %strided.vec85
  %373 = fadd <4 x double> %371, %372
  %374 = fadd <4 x double> %369, %373
  %375 = getelementptr i8, ptr %350, i64 -48
  %wide.vec87 = load <8 x double>, ptr %375, align 8
  %strided.vec88 = shufflevector <8 x double> %wide.vec87, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec89 = shufflevector <8 x double> %wide.vec87, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %376 = fmul <4 x double> %broadcast.splat70, %strided.vec89
  %377 = fmul <4 x double> %broadcast.splat72, %strided.vec88
  %378 = fadd <4 x double> %376, %377
  %wide.vec90 = load <8 x double>, ptr %354, align 8
  %strided.vec91 = shufflevector <8 x double> %wide.vec90, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec92 = shufflevector <8 x double> %wide.vec90, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %379 = fmul <4 x double> %broadcast.splat74, %strided.vec92
  %380 = fmul <4 x double> %broadcast.splat76, %strided.vec91
  %381 = fadd <4 x double> %379, %380
  %382 = fadd <4 x double> %378, %381
  %383 = fadd <4 x double> %374, %382
  %384 = fadd <4 x double> %strided.vec, %383
  %385 = fmul <4 x double> %broadcast.splat, %strided.vec83
  %386 = fmul <4 x double> %broadcast.splat64, %strided.vec82
  %387 = fadd <4 x double> %386, %385
  %388 = fmul <4 x double> %broadcast.splat66, %367
  %389 = fmul <4 x double> %broadcast.splat68, %strided.vec86
  %390 = fadd <4 x double> %388, %389
  %391 = fadd <4 x double> %390, %387
  %392 = fmul <4 x double> %broadcast.splat70, %strided.vec85
  %393 = fmul <4 x double> %broadcast.splat72, %strided.vec89
  %394 = fadd <4 x double> %392, %393
  %395 = fmul <4 x double> %broadcast.splat74, %strided.vec88
  %396 = fmul <4 x double> %broadcast.splat76, %strided.vec92
  %397 = fadd <4 x double> %395, %396
  %398 = fadd <4 x double> %394, %397
  %399 = fadd <4 x double> %398, %391
  %400 = fadd <4 x double> %strided.vec80, %399
  %interleaved.vec93 = shufflevector <4 x double> %384, <4 x double> %400, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec93, ptr %349, align 8
  %index.next94 = add i64 %index78, 4
  %401 = icmp eq i64 %index.next94, %n.vec62
  br i1 %401, label %middle.block95, label %vector.body77

middle.block95:                                   ; preds = %vector.body77
  br i1 %cmp.n96, label %B164.loopexit.loopexit.unr-lcssa, label %B258.if.preheader99

B258.if.preheader99:                              ; preds = %B258.if.preheader7, %middle.block95
  %.590212214.ph = phi i64 [ %29, %middle.block95 ], [ 0, %B258.if.preheader7 ]
  %402 = shufflevector <8 x double> %343, <8 x double> poison, <2 x i32> <i32 4, i32 0>
  %403 = insertelement <2 x double> %402, double %.492, i64 0
  %404 = shufflevector <2 x double> %344, <2 x double> %345, <2 x i32> <i32 1, i32 2>
  %405 = shufflevector <2 x double> %344, <2 x double> %345, <2 x i32> <i32 0, i32 3>
  %406 = insertelement <2 x double> %402, double %.456, i64 1
  %407 = shufflevector <8 x double> %343, <8 x double> poison, <2 x i32> <i32 0, i32 4>
  %408 = shufflevector <2 x double> %345, <2 x double> %344, <2 x i32> <i32 0, i32 2>
  %409 = shufflevector <2 x double> %345, <2 x double> %344, <2 x i32> <i32 1, i32 3>
  %410 = insertelement <2 x double> poison, double %.456, i64 0
  %411 = insertelement <2 x double> %410, double %.492, i64 1
  br label %B258.if

B258.if:                                          ; preds = %B258.if.preheader99, %B258.if
  %.590212214 = phi i64 [ %.597.1, %B258.if ], [ %.590212214.ph, %B258.if.preheader99 ]
  %412 = shl i64 %.590212214, 3
  %sunkaddr140 = getelementptr i8, ptr %arg.work, i64 %412
  %scevgep62 = getelementptr i8, ptr %lsr.iv, i64 %412
  %scevgep63 = getelementptr i8, ptr %scevgep62, i64 -64
  %.597.1 = add i64 %.590212214, 2
  %.630.1 = load double, ptr %scevgep62, align 8
  %413 = load <8 x double>, ptr %scevgep63, align 8
  %414 = load <2 x double>, ptr %sunkaddr140, align 8
  %415 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 0, i32 poison>
  %416 = insertelement <2 x double> %415, double %.630.1, i64 1
  %417 = fmul <2 x double> %403, %416
  %418 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 1, i32 7>
  %419 = fmul <2 x double> %404, %418
  %420 = fadd <2 x double> %419, %417
  %421 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 2, i32 6>
  %422 = fmul <2 x double> %405, %421
  %423 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 3, i32 5>
  %424 = fmul <2 x double> %406, %423
  %425 = fadd <2 x double> %422, %424
  %426 = fadd <2 x double> %425, %420
  %427 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 7, i32 4>
  %428 = fmul <2 x double> %407, %427
  %429 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 6, i32 3>
  %430 = fmul <2 x double> %408, %429
  %431 = fadd <2 x double> %428, %430
  %432 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 5, i32 2>
  %433 = fmul <2 x double> %409, %432
  %434 = shufflevector <8 x double> %413, <8 x double> poison, <2 x i32> <i32 4, i32 1>
  %435 = fmul <2 x double> %411, %434
  %436 = fadd <2 x double> %433, %435
  %437 = fadd <2 x double> %431, %436
  %438 = fadd <2 x double> %437, %426
  %439 = fadd <2 x double> %414, %438
  store <2 x double> %439, ptr %sunkaddr140, align 8
  %niter.ncmp.1 = icmp eq i64 %unroll_iter, %.597.1
  br i1 %niter.ncmp.1, label %B164.loopexit.loopexit.unr-lcssa, label %B258.if

B970.if:                                          ; preds = %B970.if.preheader100, %B970.if
  %.815232234 = phi i64 [ %.822.7, %B970.if ], [ %.815232234.ph101, %B970.if.preheader100 ]
  %sunkaddr144 = shl i64 %.815232234, 3
  %sunkaddr145 = getelementptr i8, ptr %arg.peak, i64 %sunkaddr144
  %sunkaddr147 = getelementptr i8, ptr %arg.work, i64 %sunkaddr144
  %440 = load <4 x double>, ptr %sunkaddr145, align 8
  %441 = load <4 x double>, ptr %sunkaddr147, align 8
  %442 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %441)
  %443 = fcmp ogt <4 x double> %442, %440
  %444 = select <4 x i1> %443, <4 x double> %442, <4 x double> %440
  store <4 x double> %444, ptr %sunkaddr145, align 8
  %sunkaddr168 = getelementptr i8, ptr %sunkaddr145, i64 32
  %sunkaddr171 = getelementptr i8, ptr %sunkaddr147, i64 32
  %.822.7 = add nsw i64 %.815232234, 8
  %445 = load <4 x double>, ptr %sunkaddr168, align 8
  %446 = load <4 x double>, ptr %sunkaddr171, align 8
  %447 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %446)
  %448 = fcmp ogt <4 x double> %447, %445
  %449 = select <4 x i1> %448, <4 x double> %447, <4 x double> %445
  store <4 x double> %449, ptr %sunkaddr168, align 8
  %exitcond278.not.7 = icmp eq i64 %arg.frames, %.822.7
  br i1 %exitcond278.not.7, label %B34.loopexit, label %B970.if
}

declare i64 @llvm.smax.i64(i64, i64)

declare void @llvm.memset.p0.i64(ptr, i8, i64, i1 immarg)

declare double @llvm.fabs.f64(double)

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)


