; c753174caee3d98abd7d2c247019ee85b086c8605eaa0aee725046e11d9bd3a9

define i32 @blend(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.wet, ptr %arg.mix, i64 %arg.stride, i64 %arg.frames) {
entry:
  %.9837.not = icmp slt i64 %arg.frames, 1
  br i1 %.9837.not, label %B232, label %B34.if.preheader

B34.if.preheader:                                 ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.frames, 32
  br i1 %min.iters.check, label %B34.if.preheader21, label %vector.scevcheck

vector.scevcheck:                                 ; preds = %B34.if.preheader
  %ident.check = icmp ne i64 %arg.stride, 1
  %0 = shl i64 %arg.frames, 4
  %mul.result = add i64 %0, -16
  %mul.overflow = icmp ugt i64 %arg.frames, 1152921504606846976
  %1 = getelementptr i8, ptr %arg.x, i64 %mul.result
  %2 = icmp ult ptr %1, %arg.x
  %3 = or i1 %mul.overflow, %2
  %scevgep = getelementptr i8, ptr %arg.x, i64 8
  %4 = getelementptr i8, ptr %scevgep, i64 %mul.result
  %5 = icmp ult ptr %4, %scevgep
  %6 = getelementptr i8, ptr %arg.wet, i64 %mul.result
  %7 = icmp ult ptr %6, %arg.wet
  %scevgep7 = getelementptr i8, ptr %arg.wet, i64 8
  %8 = getelementptr i8, ptr %scevgep7, i64 %mul.result
  %9 = icmp ult ptr %8, %scevgep7
  %10 = or i1 %ident.check, %3
  %11 = or i1 %5, %10
  %12 = or i1 %7, %11
  %13 = or i1 %9, %12
  br i1 %13, label %B34.if.preheader21, label %vector.memcheck

vector.memcheck:                                  ; preds = %vector.scevcheck
  %14 = shl i64 %arg.frames, 3
  %scevgep11 = getelementptr i8, ptr %arg.mix, i64 %14
  %scevgep12 = getelementptr i8, ptr %arg.x, i64 %0
  %scevgep13 = getelementptr i8, ptr %arg.wet, i64 %0
  %bound0 = icmp ult ptr %arg.mix, %scevgep12
  %bound1 = icmp ult ptr %arg.x, %scevgep11
  %found.conflict = and i1 %bound0, %bound1
  %bound014 = icmp ult ptr %arg.x, %scevgep13
  %bound115 = icmp ult ptr %arg.wet, %scevgep12
  %found.conflict16 = and i1 %bound014, %bound115
  %conflict.rdx = or i1 %found.conflict, %found.conflict16
  br i1 %conflict.rdx, label %B34.if.preheader21, label %vector.ph

vector.ph:                                        ; preds = %vector.memcheck
  %15 = shl nsw i64 %arg.frames, 1
  %16 = and i64 %15, 9223372036854775800
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %lsr.iv78 = phi ptr [ %scevgep79, %vector.body ], [ %arg.mix, %vector.ph ]
  %lsr.iv74 = phi i64 [ %lsr.iv.next75, %vector.body ], [ 0, %vector.ph ]
  %wide.load = load <4 x double>, ptr %lsr.iv78, align 8
  %17 = fsub <4 x double> splat (double 1.000000e+00), %wide.load
  %18 = shl i64 %lsr.iv74, 3
  %scevgep77 = getelementptr i8, ptr %arg.x, i64 %18
  %wide.vec = load <8 x double>, ptr %scevgep77, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec17 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %19 = fmul <4 x double> %17, %strided.vec
  %scevgep76 = getelementptr i8, ptr %arg.wet, i64 %18
  %wide.vec18 = load <8 x double>, ptr %scevgep76, align 8
  %strided.vec19 = shufflevector <8 x double> %wide.vec18, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec20 = shufflevector <8 x double> %wide.vec18, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %20 = fmul <4 x double> %wide.load, %strided.vec19
  %21 = fadd <4 x double> %19, %20
  %22 = fmul <4 x double> %17, %strided.vec17
  %23 = fmul <4 x double> %wide.load, %strided.vec20
  %24 = fadd <4 x double> %22, %23
  %interleaved.vec = shufflevector <4 x double> %21, <4 x double> %24, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %scevgep77, align 8
  %lsr.iv.next75 = add nsw i64 %lsr.iv74, 8
  %scevgep79 = getelementptr i8, ptr %lsr.iv78, i64 32
  %25 = icmp eq i64 %16, %lsr.iv.next75
  br i1 %25, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %n.vec = and i64 %arg.frames, 2305843009213693948
  %cmp.n = icmp eq i64 %arg.frames, %n.vec
  br i1 %cmp.n, label %B232, label %B34.if.preheader21

B34.if.preheader21:                               ; preds = %middle.block, %vector.memcheck, %vector.scevcheck, %B34.if.preheader
  %.1043638.ph = phi i64 [ 0, %vector.memcheck ], [ 0, %vector.scevcheck ], [ 0, %B34.if.preheader ], [ %n.vec, %middle.block ]
  %xtraiter = and i64 %arg.frames, 3
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B34.if.prol.loopexit, label %B34.if.prol.preheader

B34.if.prol.preheader:                            ; preds = %B34.if.preheader21
  %26 = shl i64 %.1043638.ph, 4
  %27 = or i64 %26, 8
  %scevgep61 = getelementptr i8, ptr %arg.wet, i64 %27
  %scevgep67 = getelementptr i8, ptr %arg.x, i64 %27
  %28 = shl i64 %arg.stride, 3
  %29 = mul i64 %28, %.1043638.ph
  %scevgep71 = getelementptr i8, ptr %arg.mix, i64 %29
  %.140.prol = load double, ptr %scevgep71, align 8
  %.141.prol = fsub double 1.000000e+00, %.140.prol
  %scevgep70 = getelementptr i8, ptr %scevgep67, i64 -8
  %scevgep66 = getelementptr i8, ptr %scevgep61, i64 -8
  %30 = load <2 x double>, ptr %scevgep70, align 8
  %31 = insertelement <2 x double> poison, double %.141.prol, i64 0
  %32 = shufflevector <2 x double> %31, <2 x double> poison, <2 x i32> zeroinitializer
  %33 = fmul <2 x double> %32, %30
  %34 = load <2 x double>, ptr %scevgep66, align 8
  %35 = insertelement <2 x double> poison, double %.140.prol, i64 0
  %36 = shufflevector <2 x double> %35, <2 x double> poison, <2 x i32> zeroinitializer
  %37 = fmul <2 x double> %36, %34
  %38 = fadd <2 x double> %33, %37
  store <2 x double> %38, ptr %scevgep70, align 8
  %prol.iter.cmp.not = icmp eq i64 %xtraiter, 1
  br i1 %prol.iter.cmp.not, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.1

B34.if.prol.1:                                    ; preds = %B34.if.prol.preheader
  %scevgep73 = getelementptr i8, ptr %scevgep71, i64 %28
  %.140.prol.1 = load double, ptr %scevgep73, align 8
  %.141.prol.1 = fsub double 1.000000e+00, %.140.prol.1
  %scevgep70.1 = getelementptr i8, ptr %scevgep67, i64 8
  %scevgep66.1 = getelementptr i8, ptr %scevgep61, i64 8
  %39 = load <2 x double>, ptr %scevgep70.1, align 8
  %40 = insertelement <2 x double> poison, double %.141.prol.1, i64 0
  %41 = shufflevector <2 x double> %40, <2 x double> poison, <2 x i32> zeroinitializer
  %42 = fmul <2 x double> %41, %39
  %43 = load <2 x double>, ptr %scevgep66.1, align 8
  %44 = insertelement <2 x double> poison, double %.140.prol.1, i64 0
  %45 = shufflevector <2 x double> %44, <2 x double> poison, <2 x i32> zeroinitializer
  %46 = fmul <2 x double> %45, %43
  %47 = fadd <2 x double> %42, %46
  store <2 x double> %47, ptr %scevgep70.1, align 8
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter, 2
  br i1 %prol.iter.cmp.not.1, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.2

B34.if.prol.2:                                    ; preds = %B34.if.prol.1
  %scevgep73.1 = getelementptr i8, ptr %scevgep73, i64 %28
  %.140.prol.2 = load double, ptr %scevgep73.1, align 8
  %.141.prol.2 = fsub double 1.000000e+00, %.140.prol.2
  %scevgep70.2 = getelementptr i8, ptr %scevgep67, i64 24
  %scevgep66.2 = getelementptr i8, ptr %scevgep61, i64 24
  %48 = load <2 x double>, ptr %scevgep70.2, align 8
  %49 = insertelement <2 x double> poison, double %.141.prol.2, i64 0
  %50 = shufflevector <2 x double> %49, <2 x double> poison, <2 x i32> zeroinitializer
  %51 = fmul <2 x double> %50, %48
  %52 = load <2 x double>, ptr %scevgep66.2, align 8
  %53 = insertelement <2 x double> poison, double %.140.prol.2, i64 0
  %54 = shufflevector <2 x double> %53, <2 x double> poison, <2 x i32> zeroinitializer
  %55 = fmul <2 x double> %54, %52
  %56 = fadd <2 x double> %51, %55
  store <2 x double> %56, ptr %scevgep70.2, align 8
  br label %B34.if.prol.loopexit.loopexit

B34.if.prol.loopexit.loopexit:                    ; preds = %B34.if.prol.2, %B34.if.prol.1, %B34.if.prol.preheader
  %57 = or i64 %.1043638.ph, %xtraiter
  br label %B34.if.prol.loopexit

B34.if.prol.loopexit:                             ; preds = %B34.if.prol.loopexit.loopexit, %B34.if.preheader21
  %.1043638.unr = phi i64 [ %.1043638.ph, %B34.if.preheader21 ], [ %57, %B34.if.prol.loopexit.loopexit ]
  %58 = sub nsw i64 %.1043638.ph, %arg.frames
  %59 = icmp ugt i64 %58, -4
  br i1 %59, label %B232, label %B34.if.preheader22

B34.if.preheader22:                               ; preds = %B34.if.prol.loopexit
  %60 = sub nsw i64 %arg.frames, %.1043638.unr
  %61 = shl i64 %.1043638.unr, 4
  %62 = add i64 %61, 56
  %63 = add nsw i64 %.1043638.unr, 3
  %64 = shl i64 %arg.stride, 5
  %65 = add nsw i64 %.1043638.unr, 2
  %66 = add nsw i64 %.1043638.unr, 1
  %67 = shl i64 %arg.stride, 3
  %sunkaddr = mul i64 %67, %.1043638.unr
  %sunkaddr81 = mul i64 %67, %66
  %sunkaddr83 = mul i64 %67, %65
  %sunkaddr85 = mul i64 %67, %63
  br label %B34.if

B232:                                             ; preds = %B34.if, %B34.if.prol.loopexit, %middle.block, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.if, %B34.if.preheader22
  %lsr.iv55 = phi ptr [ %arg.mix, %B34.if.preheader22 ], [ %scevgep56, %B34.if ]
  %lsr.iv23 = phi i64 [ %62, %B34.if.preheader22 ], [ %lsr.iv.next24, %B34.if ]
  %lsr.iv = phi i64 [ %60, %B34.if.preheader22 ], [ %lsr.iv.next, %B34.if ]
  %sunkaddr80 = getelementptr i8, ptr %lsr.iv55, i64 %sunkaddr
  %.140 = load double, ptr %sunkaddr80, align 8
  %scevgep49 = getelementptr i8, ptr %arg.x, i64 %lsr.iv23
  %scevgep50 = getelementptr i8, ptr %scevgep49, i64 -56
  %scevgep34 = getelementptr i8, ptr %arg.wet, i64 %lsr.iv23
  %scevgep35 = getelementptr i8, ptr %scevgep34, i64 -56
  %sunkaddr82 = getelementptr i8, ptr %lsr.iv55, i64 %sunkaddr81
  %.140.1 = load double, ptr %sunkaddr82, align 8
  %68 = insertelement <2 x double> poison, double %.140, i64 0
  %69 = insertelement <2 x double> %68, double %.140.1, i64 1
  %70 = fsub <2 x double> splat (double 1.000000e+00), %69
  %71 = shufflevector <2 x double> %70, <2 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %72 = load <4 x double>, ptr %scevgep50, align 8
  %73 = fmul <4 x double> %71, %72
  %74 = load <4 x double>, ptr %scevgep35, align 8
  %75 = insertelement <4 x double> poison, double %.140, i64 0
  %76 = insertelement <4 x double> %75, double %.140.1, i64 1
  %77 = shufflevector <4 x double> %76, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %78 = fmul <4 x double> %77, %74
  %79 = fadd <4 x double> %73, %78
  store <4 x double> %79, ptr %scevgep50, align 8
  %sunkaddr84 = getelementptr i8, ptr %lsr.iv55, i64 %sunkaddr83
  %.140.2 = load double, ptr %sunkaddr84, align 8
  %scevgep46 = getelementptr i8, ptr %scevgep49, i64 -24
  %scevgep31 = getelementptr i8, ptr %scevgep34, i64 -24
  %sunkaddr86 = getelementptr i8, ptr %lsr.iv55, i64 %sunkaddr85
  %.140.3 = load double, ptr %sunkaddr86, align 8
  %80 = insertelement <2 x double> poison, double %.140.2, i64 0
  %81 = insertelement <2 x double> %80, double %.140.3, i64 1
  %82 = fsub <2 x double> splat (double 1.000000e+00), %81
  %83 = shufflevector <2 x double> %82, <2 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %84 = load <4 x double>, ptr %scevgep46, align 8
  %85 = fmul <4 x double> %83, %84
  %86 = load <4 x double>, ptr %scevgep31, align 8
  %87 = insertelement <4 x double> poison, double %.140.2, i64 0
  %88 = insertelement <4 x double> %87, double %.140.3, i64 1
  %89 = shufflevector <4 x double> %88, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %90 = fmul <4 x double> %89, %86
  %91 = fadd <4 x double> %85, %90
  store <4 x double> %91, ptr %scevgep46, align 8
  %lsr.iv.next = add i64 %lsr.iv, -4
  %lsr.iv.next24 = add i64 %lsr.iv23, 64
  %scevgep56 = getelementptr i8, ptr %lsr.iv55, i64 %64
  %exitcond.not.3 = icmp eq i64 %lsr.iv.next, 0
  br i1 %exitcond.not.3, label %B232, label %B34.if
}

