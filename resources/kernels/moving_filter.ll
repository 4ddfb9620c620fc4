; b365b0d2ce5e9c89b9e7b49afebc1f529e68c929545f88bfa957befe618eeeda

define i32 @moving_filter(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.rows, ptr %arg.state, i64 %arg.position, i64 %arg.frames) {
entry:
  %0 = load <4 x double>, ptr %arg.state, align 8
  %.12344.not = icmp slt i64 %arg.frames, 1
  br i1 %.12344.not, label %B848, label %B100.if.preheader

B100.if.preheader:                                ; preds = %entry
  %scevgep = getelementptr i8, ptr %arg.x, i64 8
  %scevgep3 = getelementptr i8, ptr %arg.rows, i64 48
  br label %B100.if

B128:                                             ; preds = %B100.if
  %1 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %33)
  %2 = fcmp ogt <4 x double> %1, splat (double 1.000000e-25)
  %3 = select <4 x i1> %2, <4 x double> %33, <4 x double> zeroinitializer
  br label %B352

B352:                                             ; preds = %B100.if, %B128
  %4 = phi <4 x double> [ %3, %B128 ], [ %33, %B100.if ]
  %scevgep6 = getelementptr i8, ptr %lsr.iv4, i64 -48
  %scevgep2 = getelementptr i8, ptr %lsr.iv, i64 -8
  %scevgep10 = getelementptr i8, ptr %lsr.iv4, i64 -16
  %.328 = load double, ptr %scevgep10, align 8
  %scevgep11 = getelementptr i8, ptr %lsr.iv4, i64 -8
  %.333 = load double, ptr %scevgep11, align 8
  %.340 = load double, ptr %lsr.iv4, align 8
  %5 = load <4 x double>, ptr %scevgep6, align 8
  %6 = load <2 x double>, ptr %scevgep2, align 8
  %7 = shufflevector <2 x double> %6, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %8 = shufflevector <4 x double> %4, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %9 = insertelement <2 x double> poison, double %.333, i64 0
  %10 = shufflevector <2 x double> %9, <2 x double> poison, <2 x i32> zeroinitializer
  %11 = fmul <2 x double> %8, %10
  %12 = shufflevector <4 x double> %4, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  %13 = insertelement <2 x double> poison, double %.340, i64 0
  %14 = shufflevector <2 x double> %13, <2 x double> poison, <2 x i32> zeroinitializer
  %15 = fmul <2 x double> %12, %14
  %16 = insertelement <2 x double> poison, double %.328, i64 0
  %17 = shufflevector <2 x double> %16, <2 x double> poison, <2 x i32> zeroinitializer
  %18 = fmul <2 x double> %6, %17
  %19 = fadd <2 x double> %18, %11
  %20 = fadd <2 x double> %19, %15
  store <2 x double> %20, ptr %scevgep2, align 8
  %21 = shufflevector <4 x double> %5, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 3, i32 3>
  %22 = fmul <4 x double> %21, %7
  %23 = shufflevector <4 x double> %5, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 2, i32 2>
  %24 = fmul <4 x double> %4, %23
  %25 = fadd <4 x double> %24, %22
  %26 = shufflevector <4 x double> %4, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %27 = shufflevector <4 x double> %5, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %28 = fmul <4 x double> %26, %27
  %29 = fsub <4 x double> %25, %28
  %30 = fadd <4 x double> %25, %28
  %31 = shufflevector <4 x double> %29, <4 x double> %30, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %scevgep1 = getelementptr i8, ptr %lsr.iv, i64 16
  %scevgep5 = getelementptr i8, ptr %lsr.iv4, i64 56
  %lsr.iv.next = add i64 %lsr.iv12, 1
  %lsr.iv.next14 = add nsw i64 %lsr.iv13, -1
  %exitcond.not = icmp eq i64 %lsr.iv.next14, 0
  br i1 %exitcond.not, label %B848, label %B100.if

B848:                                             ; preds = %B352, %entry
  %32 = phi <4 x double> [ %0, %entry ], [ %31, %B352 ]
  store <4 x double> %32, ptr %arg.state, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B100.if:                                          ; preds = %B352, %B100.if.preheader
  %lsr.iv13 = phi i64 [ %arg.frames, %B100.if.preheader ], [ %lsr.iv.next14, %B352 ]
  %lsr.iv12 = phi i64 [ %arg.position, %B100.if.preheader ], [ %lsr.iv.next, %B352 ]
  %lsr.iv4 = phi ptr [ %scevgep3, %B100.if.preheader ], [ %scevgep5, %B352 ]
  %lsr.iv = phi ptr [ %scevgep, %B100.if.preheader ], [ %scevgep1, %B352 ]
  %33 = phi <4 x double> [ %0, %B100.if.preheader ], [ %31, %B352 ]
  %.183 = and i64 %lsr.iv12, 63
  %.184 = icmp eq i64 %.183, 0
  br i1 %.184, label %B128, label %B352
}

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

