; 325955f62945a24a517204789b18060ece08efc8ff9b28b79e39587ad8185f67

define i32 @echo(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.line, i64 %arg.mask, ptr %arg.delay, i64 %arg.delay_stride, ptr %arg.feedback, i64 %arg.feedback_stride, ptr %arg.low_pass, i64 %arg.low_pass_stride, ptr %arg.high_pass, i64 %arg.high_pass_stride, ptr %arg.mix, i64 %arg.mix_stride, i64 %arg.crossing, double %arg.glide, ptr %arg.state, i64 %arg.position, i64 %arg.frames) {
entry:
  %.58 = load double, ptr %arg.state, align 8
  %.60 = getelementptr i8, ptr %arg.state, i64 8
  %0 = load <4 x double>, ptr %.60, align 8
  %.17875.not = icmp slt i64 %arg.frames, 1
  br i1 %.17875.not, label %B1420, label %B122.if.lr.ph

B122.if.lr.ph:                                    ; preds = %entry
  %scevgep = getelementptr i8, ptr %arg.x, i64 8
  %1 = shl i64 %arg.mix_stride, 3
  %2 = shl i64 %arg.feedback_stride, 3
  %3 = shl i64 %arg.high_pass_stride, 3
  %4 = shl i64 %arg.low_pass_stride, 3
  %5 = shl i64 %arg.delay_stride, 3
  %6 = icmp eq i64 %arg.crossing, 1
  %7 = shufflevector <4 x double> %0, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %8 = shufflevector <4 x double> %0, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  br label %B122.if

B166:                                             ; preds = %B122.if
  %.245 = fcmp une double %present.4.078, %.224
  br i1 %.245, label %B178, label %B248

B178:                                             ; preds = %B166
  %.249 = fsub double %.224, %present.4.078
  %.251 = fmul double %arg.glide, %.249
  %.253 = fadd double %present.4.078, %.251
  %.259 = fsub double %.253, %.224
  %.260 = tail call double @llvm.fabs.f64(double %.259)
  %.261 = fcmp olt double %.260, 1.000000e-02
  br i1 %.261, label %B244, label %B248

B244:                                             ; preds = %B178
  br label %B248

B248:                                             ; preds = %B122.if, %B244, %B178, %B166
  %present.5.1 = phi double [ %present.4.078, %B166 ], [ %.224, %B244 ], [ %.253, %B178 ], [ %.224, %B122.if ]
  %.5.i = fptosi double %present.5.1 to i64
  %.299 = sitofp i64 %.5.i to double
  %9 = sub i64 %lsr.iv14, %.5.i
  %.310 = and i64 %9, %arg.mask
  %10 = add i64 %lsr.iv14, 2305843009213693951
  %11 = sub i64 %10, %.5.i
  %.316 = and i64 %11, %arg.mask
  %.320.idx = shl i64 %.310, 3
  %.320 = getelementptr i8, ptr %arg.line, i64 %.320.idx
  %.325.idx = shl i64 %.316, 3
  %.325 = getelementptr i8, ptr %arg.line, i64 %.325.idx
  %.300 = fsub double %present.5.1, %.299
  %.318 = fsub double 1.000000e+00, %.300
  %12 = load <2 x float>, ptr %.320, align 4
  %13 = load <2 x float>, ptr %.325, align 4
  %14 = shufflevector <2 x float> %13, <2 x float> %12, <2 x i32> <i32 0, i32 3>
  %15 = fpext <2 x float> %14 to <2 x double>
  %16 = insertelement <2 x double> poison, double %.300, i64 0
  %17 = insertelement <2 x double> %16, double %.318, i64 1
  %18 = fmul <2 x double> %17, %15
  %19 = shufflevector <2 x float> %12, <2 x float> %13, <2 x i32> <i32 0, i32 3>
  %20 = fpext <2 x float> %19 to <2 x double>
  %21 = shufflevector <2 x double> %17, <2 x double> poison, <2 x i32> <i32 1, i32 0>
  %22 = fmul <2 x double> %21, %20
  %23 = fadd <2 x double> %18, %22
  %.355 = load double, ptr %lsr.iv12, align 8
  %.391 = load double, ptr %lsr.iv10, align 8
  %24 = fsub <2 x double> %66, %23
  %25 = insertelement <2 x double> poison, double %.355, i64 0
  %26 = shufflevector <2 x double> %25, <2 x double> poison, <2 x i32> zeroinitializer
  %27 = fmul <2 x double> %26, %24
  %28 = fadd <2 x double> %23, %27
  %29 = fsub <2 x double> %67, %28
  %30 = insertelement <2 x double> poison, double %.391, i64 0
  %31 = shufflevector <2 x double> %30, <2 x double> poison, <2 x i32> zeroinitializer
  %32 = fmul <2 x double> %31, %29
  %33 = fadd <2 x double> %28, %32
  %.427 = load double, ptr %lsr.iv8, align 8
  %.432 = and i64 %lsr.iv14, 63
  %.433 = icmp eq i64 %.432, 0
  %34 = shufflevector <2 x double> %28, <2 x double> %33, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  br i1 %.433, label %B740, label %B964

B740:                                             ; preds = %B248
  %35 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %34)
  %36 = fcmp ogt <4 x double> %35, splat (double 1.000000e-25)
  %37 = select <4 x i1> %36, <4 x double> %34, <4 x double> zeroinitializer
  br label %B964

B964:                                             ; preds = %B740, %B248
  %38 = phi <4 x double> [ %37, %B740 ], [ %34, %B248 ]
  %39 = shufflevector <4 x double> %38, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %40 = shufflevector <4 x double> %38, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  %41 = fsub <2 x double> %39, %40
  %42 = insertelement <2 x double> poison, double %.427, i64 0
  %43 = shufflevector <2 x double> %42, <2 x double> poison, <2 x i32> zeroinitializer
  %44 = fmul <2 x double> %43, %41
  %scevgep5 = getelementptr i8, ptr %lsr.iv, i64 -8
  %.579 = load double, ptr %scevgep5, align 8
  br i1 %6, label %B1008, label %B1078

B1008:                                            ; preds = %B964
  %.585 = load double, ptr %lsr.iv, align 8
  %.586 = fadd double %.579, %.585
  %.587 = fmul double %.586, 5.000000e-01
  %45 = extractelement <2 x double> %44, i64 1
  %.589 = fadd double %45, %.587
  %46 = shufflevector <2 x double> %44, <2 x double> poison, <2 x i32> <i32 poison, i32 0>
  %47 = insertelement <2 x double> %46, double %.589, i64 0
  br label %B1140

B1078:                                            ; preds = %B964
  %.618 = load double, ptr %lsr.iv, align 8
  %48 = insertelement <2 x double> poison, double %.579, i64 0
  %49 = insertelement <2 x double> %48, double %.618, i64 1
  %50 = fadd <2 x double> %44, %49
  br label %B1140

B1140:                                            ; preds = %B1078, %B1008
  %.740 = phi double [ %.585, %B1008 ], [ %.618, %B1078 ]
  %51 = phi <2 x double> [ %47, %B1008 ], [ %50, %B1078 ]
  %.628 = and i64 %lsr.iv14, %arg.mask
  %52 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %51)
  %.655.idx = shl i64 %.628, 3
  %.655 = getelementptr i8, ptr %arg.line, i64 %.655.idx
  %53 = fcmp ogt <2 x double> %52, splat (double 0x3BC79CA10C924223)
  %54 = select <2 x i1> %53, <2 x double> %51, <2 x double> zeroinitializer
  %55 = fptrunc <2 x double> %54 to <2 x float>
  store <2 x float> %55, ptr %.655, align 4
  %.716 = load double, ptr %lsr.iv6, align 8
  %.717 = fsub double 1.000000e+00, %.716
  %56 = insertelement <2 x double> poison, double %.579, i64 0
  %57 = insertelement <2 x double> %56, double %.740, i64 1
  %58 = insertelement <2 x double> poison, double %.717, i64 0
  %59 = shufflevector <2 x double> %58, <2 x double> poison, <2 x i32> zeroinitializer
  %60 = fmul <2 x double> %57, %59
  %61 = insertelement <2 x double> poison, double %.716, i64 0
  %62 = shufflevector <2 x double> %61, <2 x double> poison, <2 x i32> zeroinitializer
  %63 = fmul <2 x double> %23, %62
  %64 = fadd <2 x double> %63, %60
  store <2 x double> %64, ptr %scevgep5, align 8
  %scevgep3 = getelementptr i8, ptr %lsr.iv, i64 16
  %scevgep7 = getelementptr i8, ptr %lsr.iv6, i64 %1
  %scevgep9 = getelementptr i8, ptr %lsr.iv8, i64 %2
  %scevgep11 = getelementptr i8, ptr %lsr.iv10, i64 %3
  %scevgep13 = getelementptr i8, ptr %lsr.iv12, i64 %4
  %lsr.iv.next = add i64 %lsr.iv14, 1
  %scevgep16 = getelementptr i8, ptr %lsr.iv15, i64 %5
  %lsr.iv.next18 = add nsw i64 %lsr.iv17, -1
  %exitcond.not = icmp eq i64 %lsr.iv.next18, 0
  br i1 %exitcond.not, label %B1420, label %B122.if

B1420:                                            ; preds = %B1140, %entry
  %present.4.0.lcssa = phi double [ %.58, %entry ], [ %present.5.1, %B1140 ]
  %65 = phi <4 x double> [ %0, %entry ], [ %38, %B1140 ]
  store double %present.4.0.lcssa, ptr %arg.state, align 8
  store <4 x double> %65, ptr %.60, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B122.if:                                          ; preds = %B1140, %B122.if.lr.ph
  %lsr.iv17 = phi i64 [ %arg.frames, %B122.if.lr.ph ], [ %lsr.iv.next18, %B1140 ]
  %lsr.iv15 = phi ptr [ %arg.delay, %B122.if.lr.ph ], [ %scevgep16, %B1140 ]
  %lsr.iv14 = phi i64 [ %arg.position, %B122.if.lr.ph ], [ %lsr.iv.next, %B1140 ]
  %lsr.iv12 = phi ptr [ %arg.low_pass, %B122.if.lr.ph ], [ %scevgep13, %B1140 ]
  %lsr.iv10 = phi ptr [ %arg.high_pass, %B122.if.lr.ph ], [ %scevgep11, %B1140 ]
  %lsr.iv8 = phi ptr [ %arg.feedback, %B122.if.lr.ph ], [ %scevgep9, %B1140 ]
  %lsr.iv6 = phi ptr [ %arg.mix, %B122.if.lr.ph ], [ %scevgep7, %B1140 ]
  %lsr.iv = phi ptr [ %scevgep, %B122.if.lr.ph ], [ %scevgep3, %B1140 ]
  %present.4.078 = phi double [ %.58, %B122.if.lr.ph ], [ %present.5.1, %B1140 ]
  %66 = phi <2 x double> [ %7, %B122.if.lr.ph ], [ %39, %B1140 ]
  %67 = phi <2 x double> [ %8, %B122.if.lr.ph ], [ %40, %B1140 ]
  %.224 = load double, ptr %lsr.iv15, align 8
  %.229 = fcmp oeq double %present.4.078, 0.000000e+00
  br i1 %.229, label %B248, label %B166
}

declare double @llvm.fabs.f64(double)

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)

