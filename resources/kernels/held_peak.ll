; e2cdfcd2031d28b5d22961c0eccc74f4171b2af588eb1e80dd26278fc1b6929c

define i32 @held_peak(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.held, double %arg.floor, ptr %arg.window, i64 %arg.stride, ptr %arg.values, ptr %arg.places, i64 %arg.size, ptr %arg.ends, i64 %arg.position, i64 %arg.frames) {
entry:
  %.37 = load i64, ptr %arg.ends, align 8
  %.42 = getelementptr i8, ptr %arg.ends, i64 8
  %.43 = load i64, ptr %.42, align 8
  %.128140.not = icmp slt i64 %arg.frames, 1
  br i1 %.128140.not, label %B556, label %B66.if.lr.ph

B66.if.lr.ph:                                     ; preds = %entry
  %0 = xor i64 %arg.size, -1
  %1 = shl i64 %0, 3
  br label %B66.if

B218:                                             ; preds = %B218.preheader, %B282
  %length.6.1 = phi i64 [ %.278, %B282 ], [ %length.4.0144, %B218.preheader ]
  %2 = add i64 %length.6.1, %first.3.0143
  %.250.not.not = icmp sgt i64 %2, %arg.size
  %3 = select i1 %.250.not.not, i64 %1, i64 -8
  %scevgep11 = getelementptr i8, ptr %scevgep, i64 %3
  %4 = shl i64 %length.6.1, 3
  %scevgep12 = getelementptr i8, ptr %scevgep11, i64 %4
  %.265 = load double, ptr %scevgep12, align 8
  %.269 = fcmp ogt double %.265, %.11.i10
  br i1 %.269, label %B304, label %B282

B282:                                             ; preds = %B218
  %.278 = add nsw i64 %length.6.1, -1
  %.283 = icmp sgt i64 %length.6.1, 1
  br i1 %.283, label %B218, label %B304

B304:                                             ; preds = %B282, %B218, %B66.if
  %length.7.2 = phi i64 [ %length.4.0144, %B66.if ], [ %length.6.1, %B218 ], [ 0, %B282 ]
  %.294 = add nsw i64 %length.7.2, %first.3.0143
  %.304.not = icmp slt i64 %.294, %arg.size
  %.308 = select i1 %.304.not, i64 0, i64 %arg.size
  %spec.select123 = sub nsw i64 %.294, %.308
  %.327 = getelementptr double, ptr %arg.values, i64 %spec.select123
  store double %.11.i10, ptr %.327, align 8
  %.334 = getelementptr i64, ptr %arg.places, i64 %spec.select123
  store i64 %.179, ptr %.334, align 8
  %.350 = mul nsw i64 %.134137141, %arg.stride
  %.352 = getelementptr double, ptr %arg.window, i64 %.350
  %.353 = load double, ptr %.352, align 8
  %.5.i = fptosi double %.353 to i64
  %.339 = add nsw i64 %length.7.2, 1
  %.379 = sub nsw i64 %.179, %.5.i
  %.387 = getelementptr i64, ptr %arg.places, i64 %first.3.0143
  %.388 = load i64, ptr %.387, align 8
  %.392.not = icmp sgt i64 %.388, %.379
  br i1 %.392.not, label %B504, label %B444

B444:                                             ; preds = %B304, %B444
  %first.6.1 = phi i64 [ %spec.select124, %B444 ], [ %first.3.0143, %B304 ]
  %length.8.1 = phi i64 [ %.421, %B444 ], [ %.339, %B304 ]
  %.402 = add nsw i64 %first.6.1, 1
  %.409.not = icmp slt i64 %.402, %arg.size
  %spec.select124 = select i1 %.409.not, i64 %.402, i64 0
  %.421 = add i64 %length.8.1, -1
  %.428 = getelementptr i64, ptr %arg.places, i64 %spec.select124
  %.429 = load i64, ptr %.428, align 8
  %.433.not = icmp sgt i64 %.429, %.379
  br i1 %.433.not, label %B504, label %B444

B504:                                             ; preds = %B444, %B304
  %first.4.2 = phi i64 [ %first.3.0143, %B304 ], [ %spec.select124, %B444 ]
  %length.5.2 = phi i64 [ %.339, %B304 ], [ %.421, %B444 ]
  %.456 = getelementptr double, ptr %arg.values, i64 %first.4.2
  %.457 = load double, ptr %.456, align 8
  %.10.i = fcmp ogt double %arg.floor, %.457
  %.11.i = select i1 %.10.i, double %arg.floor, double %.457
  %.491 = fptrunc double %.11.i to float
  %.492 = getelementptr float, ptr %arg.held, i64 %.134137141
  store float %.491, ptr %.492, align 4
  %exitcond.not = icmp eq i64 %.141, %arg.frames
  br i1 %exitcond.not, label %B556, label %B66.if

B556:                                             ; preds = %B504, %entry
  %first.3.0.lcssa = phi i64 [ %.37, %entry ], [ %first.4.2, %B504 ]
  %length.4.0.lcssa = phi i64 [ %.43, %entry ], [ %length.5.2, %B504 ]
  store i64 %first.3.0.lcssa, ptr %arg.ends, align 8
  store i64 %length.4.0.lcssa, ptr %.42, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B66.if:                                           ; preds = %B504, %B66.if.lr.ph
  %length.4.0144 = phi i64 [ %.43, %B66.if.lr.ph ], [ %length.5.2, %B504 ]
  %first.3.0143 = phi i64 [ %.37, %B66.if.lr.ph ], [ %first.4.2, %B504 ]
  %.134137141 = phi i64 [ 0, %B66.if.lr.ph ], [ %.141, %B504 ]
  %.141 = add nsw i64 %.134137141, 1
  %.179 = add nsw i64 %.134137141, %arg.position
  %.186.idx = shl i64 %.134137141, 4
  %.186 = getelementptr i8, ptr %arg.x, i64 %.186.idx
  %5 = load <2 x double>, ptr %.186, align 8
  %6 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %5)
  %7 = extractelement <2 x double> %6, i64 0
  %8 = extractelement <2 x double> %6, i64 1
  %.10.i9 = fcmp ogt double %8, %7
  %.11.i10 = select i1 %.10.i9, double %8, double %7
  %.228 = icmp sgt i64 %length.4.0144, 0
  br i1 %.228, label %B218.preheader, label %B304

B218.preheader:                                   ; preds = %B66.if
  %9 = shl i64 %first.3.0143, 3
  %scevgep = getelementptr i8, ptr %arg.values, i64 %9
  br label %B218
}

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)

