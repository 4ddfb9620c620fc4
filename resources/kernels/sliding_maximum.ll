; 3bb98a92a32f48eb2b40e291fea350d1c68041c127c82a4f4572dea8c4ff004a

define i32 @sliding_maximum(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.out, ptr %arg.window, i64 %arg.stride, ptr %arg.values, ptr %arg.places, i64 %arg.size, ptr %arg.ends, i64 %arg.position, i64 %arg.frames) {
entry:
  %.34 = load i64, ptr %arg.ends, align 8
  %.39 = getelementptr i8, ptr %arg.ends, i64 8
  %.40 = load i64, ptr %.39, align 8
  %.125126.not = icmp slt i64 %arg.frames, 1
  br i1 %.125126.not, label %B418, label %B66.if.lr.ph

B66.if.lr.ph:                                     ; preds = %entry
  %0 = xor i64 %arg.size, -1
  %1 = icmp eq i64 %arg.frames, 1
  br i1 %1, label %B66.if.epil.preheader, label %B66.if.lr.ph.new

B66.if.lr.ph.new:                                 ; preds = %B66.if.lr.ph
  %unroll_iter = and i64 %arg.frames, 9223372036854775806
  %2 = shl i64 %0, 3
  br label %B66.if

B108:                                             ; preds = %B108.preheader, %B172
  %length.6.1 = phi i64 [ %.238, %B172 ], [ %length.4.0130, %B108.preheader ]
  %3 = add i64 %length.6.1, %first.3.0129
  %.210.not.not = icmp sgt i64 %3, %arg.size
  %4 = select i1 %.210.not.not, i64 %2, i64 -8
  %scevgep9 = getelementptr i8, ptr %scevgep8, i64 %4
  %5 = shl i64 %length.6.1, 3
  %scevgep10 = getelementptr i8, ptr %scevgep9, i64 %5
  %.225 = load double, ptr %scevgep10, align 8
  %.229 = fcmp ogt double %.225, %.183
  br i1 %.229, label %B194, label %B172

B172:                                             ; preds = %B108
  %.238 = add nsw i64 %length.6.1, -1
  %.243 = icmp sgt i64 %length.6.1, 1
  br i1 %.243, label %B108, label %B194

B194:                                             ; preds = %B172, %B108, %B66.if
  %length.7.2 = phi i64 [ %length.4.0130, %B66.if ], [ %length.6.1, %B108 ], [ 0, %B172 ]
  %.254 = add nsw i64 %length.7.2, %first.3.0129
  %.264.not = icmp slt i64 %.254, %arg.size
  %.268 = select i1 %.264.not, i64 0, i64 %arg.size
  %spec.select120 = sub nsw i64 %.254, %.268
  %.287 = getelementptr double, ptr %arg.values, i64 %spec.select120
  store double %.183, ptr %.287, align 8
  %.294 = getelementptr i64, ptr %arg.places, i64 %spec.select120
  store i64 %.176, ptr %.294, align 8
  %.310 = mul nsw i64 %.131125127, %arg.stride
  %.312 = getelementptr double, ptr %arg.window, i64 %.310
  %.313 = load double, ptr %.312, align 8
  %.5.i = fptosi double %.313 to i64
  %.299 = add nsw i64 %length.7.2, 1
  %.339 = sub nsw i64 %.176, %.5.i
  %.347 = getelementptr i64, ptr %arg.places, i64 %first.3.0129
  %.348 = load i64, ptr %.347, align 8
  %.352.not = icmp sgt i64 %.348, %.339
  br i1 %.352.not, label %B394, label %B334

B334:                                             ; preds = %B194, %B334
  %first.6.1 = phi i64 [ %spec.select121, %B334 ], [ %first.3.0129, %B194 ]
  %length.8.1 = phi i64 [ %.381, %B334 ], [ %.299, %B194 ]
  %.362 = add nsw i64 %first.6.1, 1
  %.369.not = icmp slt i64 %.362, %arg.size
  %spec.select121 = select i1 %.369.not, i64 %.362, i64 0
  %.381 = add i64 %length.8.1, -1
  %.388 = getelementptr i64, ptr %arg.places, i64 %spec.select121
  %.389 = load i64, ptr %.388, align 8
  %.393.not = icmp sgt i64 %.389, %.339
  br i1 %.393.not, label %B394, label %B334

B394:                                             ; preds = %B334, %B194
  %first.4.2 = phi i64 [ %first.3.0129, %B194 ], [ %spec.select121, %B334 ]
  %length.5.2 = phi i64 [ %.299, %B194 ], [ %.381, %B334 ]
  %.416 = getelementptr double, ptr %arg.values, i64 %first.4.2
  %.417 = load double, ptr %.416, align 8
  %.422 = getelementptr double, ptr %arg.out, i64 %.131125127
  store double %.417, ptr %.422, align 8
  %.138.1 = add i64 %.131125127, 2
  %.176.1 = add nsw i64 %.138, %arg.position
  %.182.1 = getelementptr double, ptr %arg.x, i64 %.138
  %.183.1 = load double, ptr %.182.1, align 8
  %.188.1 = icmp sgt i64 %length.5.2, 0
  br i1 %.188.1, label %B108.1.preheader, label %B194.1

B108.1.preheader:                                 ; preds = %B394
  %6 = shl i64 %first.4.2, 3
  %scevgep12 = getelementptr i8, ptr %arg.values, i64 %6
  br label %B108.1

B108.1:                                           ; preds = %B172.1, %B108.1.preheader
  %length.6.1.1 = phi i64 [ %.238.1, %B172.1 ], [ %length.5.2, %B108.1.preheader ]
  %7 = add i64 %length.6.1.1, %first.4.2
  %.210.not.not.1 = icmp sgt i64 %7, %arg.size
  %8 = select i1 %.210.not.not.1, i64 %2, i64 -8
  %scevgep13 = getelementptr i8, ptr %scevgep12, i64 %8
  %9 = shl i64 %length.6.1.1, 3
  %scevgep14 = getelementptr i8, ptr %scevgep13, i64 %9
  %.225.1 = load double, ptr %scevgep14, align 8
  %.229.1 = fcmp ogt double %.225.1, %.183.1
  br i1 %.229.1, label %B194.1, label %B172.1

B172.1:                                           ; preds = %B108.1
  %.238.1 = add nsw i64 %length.6.1.1, -1
  %.243.1 = icmp sgt i64 %length.6.1.1, 1
  br i1 %.243.1, label %B108.1, label %B194.1

B194.1:                                           ; preds = %B172.1, %B108.1, %B394
  %length.7.2.1 = phi i64 [ %length.5.2, %B394 ], [ %length.6.1.1, %B108.1 ], [ 0, %B172.1 ]
  %.254.1 = add nsw i64 %length.7.2.1, %first.4.2
  %.264.not.1 = icmp slt i64 %.254.1, %arg.size
  %.268.1 = select i1 %.264.not.1, i64 0, i64 %arg.size
  %spec.select120.1 = sub nsw i64 %.254.1, %.268.1
  %.287.1 = getelementptr double, ptr %arg.values, i64 %spec.select120.1
  store double %.183.1, ptr %.287.1, align 8
  %.294.1 = getelementptr i64, ptr %arg.places, i64 %spec.select120.1
  store i64 %.176.1, ptr %.294.1, align 8
  %.310.1 = mul nsw i64 %.138, %arg.stride
  %.312.1 = getelementptr double, ptr %arg.window, i64 %.310.1
  %.313.1 = load double, ptr %.312.1, align 8
  %.5.i.1 = fptosi double %.313.1 to i64
  %.299.1 = add nsw i64 %length.7.2.1, 1
  %.339.1 = sub nsw i64 %.176.1, %.5.i.1
  %.347.1 = getelementptr i64, ptr %arg.places, i64 %first.4.2
  %.348.1 = load i64, ptr %.347.1, align 8
  %.352.not.1 = icmp sgt i64 %.348.1, %.339.1
  br i1 %.352.not.1, label %B394.1, label %B334.1

B334.1:                                           ; preds = %B194.1, %B334.1
  %first.6.1.1 = phi i64 [ %spec.select121.1, %B334.1 ], [ %first.4.2, %B194.1 ]
  %length.8.1.1 = phi i64 [ %.381.1, %B334.1 ], [ %.299.1, %B194.1 ]
  %.362.1 = add nsw i64 %first.6.1.1, 1
  %.369.not.1 = icmp slt i64 %.362.1, %arg.size
  %spec.select121.1 = select i1 %.369.not.1, i64 %.362.1, i64 0
  %.381.1 = add i64 %length.8.1.1, -1
  %.388.1 = getelementptr i64, ptr %arg.places, i64 %spec.select121.1
  %.389.1 = load i64, ptr %.388.1, align 8
  %.393.not.1 = icmp sgt i64 %.389.1, %.339.1
  br i1 %.393.not.1, label %B394.1, label %B334.1

B394.1:                                           ; preds = %B334.1, %B194.1
  %first.4.2.1 = phi i64 [ %first.4.2, %B194.1 ], [ %spec.select121.1, %B334.1 ]
  %length.5.2.1 = phi i64 [ %.299.1, %B194.1 ], [ %.381.1, %B334.1 ]
  %.416.1 = getelementptr double, ptr %arg.values, i64 %first.4.2.1
  %.417.1 = load double, ptr %.416.1, align 8
  %.422.1 = getelementptr double, ptr %arg.out, i64 %.138
  store double %.417.1, ptr %.422.1, align 8
  %niter.ncmp.1 = icmp eq i64 %.138.1, %unroll_iter
  br i1 %niter.ncmp.1, label %B418.loopexit.unr-lcssa, label %B66.if

B418.loopexit.unr-lcssa:                          ; preds = %B394.1
  %10 = and i64 %arg.frames, 1
  %lcmp.mod.not = icmp eq i64 %10, 0
  br i1 %lcmp.mod.not, label %B418, label %B66.if.epil.preheader

B66.if.epil.preheader:                            ; preds = %B418.loopexit.unr-lcssa, %B66.if.lr.ph
  %length.4.0130.epil.init = phi i64 [ %.40, %B66.if.lr.ph ], [ %length.5.2.1, %B418.loopexit.unr-lcssa ]
  %first.3.0129.epil.init = phi i64 [ %.34, %B66.if.lr.ph ], [ %first.4.2.1, %B418.loopexit.unr-lcssa ]
  %.131125127.epil.init = phi i64 [ 0, %B66.if.lr.ph ], [ %unroll_iter, %B418.loopexit.unr-lcssa ]
  %.176.epil = add nsw i64 %.131125127.epil.init, %arg.position
  %.182.epil = getelementptr double, ptr %arg.x, i64 %.131125127.epil.init
  %.183.epil = load double, ptr %.182.epil, align 8
  %.188.epil = icmp sgt i64 %length.4.0130.epil.init, 0
  br i1 %.188.epil, label %B108.epil.preheader, label %B194.epil

B108.epil.preheader:                              ; preds = %B66.if.epil.preheader
  %11 = shl i64 %first.3.0129.epil.init, 3
  %scevgep = getelementptr i8, ptr %arg.values, i64 %11
  %12 = shl i64 %0, 3
  br label %B108.epil

B108.epil:                                        ; preds = %B172.epil, %B108.epil.preheader
  %length.6.1.epil = phi i64 [ %.238.epil, %B172.epil ], [ %length.4.0130.epil.init, %B108.epil.preheader ]
  %13 = add i64 %length.6.1.epil, %first.3.0129.epil.init
  %.210.not.not.epil = icmp sgt i64 %13, %arg.size
  %14 = select i1 %.210.not.not.epil, i64 %12, i64 -8
  %scevgep5 = getelementptr i8, ptr %scevgep, i64 %14
  %15 = shl i64 %length.6.1.epil, 3
  %scevgep6 = getelementptr i8, ptr %scevgep5, i64 %15
  %.225.epil = load double, ptr %scevgep6, align 8
  %.229.epil = fcmp ogt double %.225.epil, %.183.epil
  br i1 %.229.epil, label %B194.epil, label %B172.epil

B172.epil:                                        ; preds = %B108.epil
  %.238.epil = add nsw i64 %length.6.1.epil, -1
  %.243.epil = icmp sgt i64 %length.6.1.epil, 1
  br i1 %.243.epil, label %B108.epil, label %B194.epil

B194.epil:                                        ; preds = %B172.epil, %B108.epil, %B66.if.epil.preheader
  %length.7.2.epil = phi i64 [ %length.4.0130.epil.init, %B66.if.epil.preheader ], [ %length.6.1.epil, %B108.epil ], [ 0, %B172.epil ]
  %.254.epil = add nsw i64 %length.7.2.epil, %first.3.0129.epil.init
  %.264.not.epil = icmp slt i64 %.254.epil, %arg.size
  %.268.epil = select i1 %.264.not.epil, i64 0, i64 %arg.size
  %spec.select120.epil = sub nsw i64 %.254.epil, %.268.epil
  %.287.epil = getelementptr double, ptr %arg.values, i64 %spec.select120.epil
  store double %.183.epil, ptr %.287.epil, align 8
  %.294.epil = getelementptr i64, ptr %arg.places, i64 %spec.select120.epil
  store i64 %.176.epil, ptr %.294.epil, align 8
  %.310.epil = mul nsw i64 %.131125127.epil.init, %arg.stride
  %.312.epil = getelementptr double, ptr %arg.window, i64 %.310.epil
  %.313.epil = load double, ptr %.312.epil, align 8
  %.5.i.epil = fptosi double %.313.epil to i64
  %.299.epil = add nsw i64 %length.7.2.epil, 1
  %.339.epil = sub nsw i64 %.176.epil, %.5.i.epil
  %.347.epil = getelementptr i64, ptr %arg.places, i64 %first.3.0129.epil.init
  %.348.epil = load i64, ptr %.347.epil, align 8
  %.352.not.epil = icmp sgt i64 %.348.epil, %.339.epil
  br i1 %.352.not.epil, label %B394.epil, label %B334.epil

B334.epil:                                        ; preds = %B194.epil, %B334.epil
  %first.6.1.epil = phi i64 [ %spec.select121.epil, %B334.epil ], [ %first.3.0129.epil.init, %B194.epil ]
  %length.8.1.epil = phi i64 [ %.381.epil, %B334.epil ], [ %.299.epil, %B194.epil ]
  %.362.epil = add nsw i64 %first.6.1.epil, 1
  %.369.not.epil = icmp slt i64 %.362.epil, %arg.size
  %spec.select121.epil = select i1 %.369.not.epil, i64 %.362.epil, i64 0
  %.381.epil = add i64 %length.8.1.epil, -1
  %.388.epil = getelementptr i64, ptr %arg.places, i64 %spec.select121.epil
  %.389.epil = load i64, ptr %.388.epil, align 8
  %.393.not.epil = icmp sgt i64 %.389.epil, %.339.epil
  br i1 %.393.not.epil, label %B394.epil, label %B334.epil

B394.epil:                                        ; preds = %B334.epil, %B194.epil
  %first.4.2.epil = phi i64 [ %first.3.0129.epil.init, %B194.epil ], [ %spec.select121.epil, %B334.epil ]
  %length.5.2.epil = phi i64 [ %.299.epil, %B194.epil ], [ %.381.epil, %B334.epil ]
  %.416.epil = getelementptr double, ptr %arg.values, i64 %first.4.2.epil
  %.417.epil = load double, ptr %.416.epil, align 8
  %.422.epil = getelementptr double, ptr %arg.out, i64 %.131125127.epil.init
  store double %.417.epil, ptr %.422.epil, align 8
  br label %B418

B418:                                             ; preds = %B394.epil, %B418.loopexit.unr-lcssa, %entry
  %first.3.0.lcssa = phi i64 [ %.34, %entry ], [ %first.4.2.1, %B418.loopexit.unr-lcssa ], [ %first.4.2.epil, %B394.epil ]
  %length.4.0.lcssa = phi i64 [ %.40, %entry ], [ %length.5.2.1, %B418.loopexit.unr-lcssa ], [ %length.5.2.epil, %B394.epil ]
  store i64 %first.3.0.lcssa, ptr %arg.ends, align 8
  store i64 %length.4.0.lcssa, ptr %.39, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B66.if:                                           ; preds = %B394.1, %B66.if.lr.ph.new
  %length.4.0130 = phi i64 [ %.40, %B66.if.lr.ph.new ], [ %length.5.2.1, %B394.1 ]
  %first.3.0129 = phi i64 [ %.34, %B66.if.lr.ph.new ], [ %first.4.2.1, %B394.1 ]
  %.131125127 = phi i64 [ 0, %B66.if.lr.ph.new ], [ %.138.1, %B394.1 ]
  %.138 = or i64 %.131125127, 1
  %.176 = add nsw i64 %.131125127, %arg.position
  %.182 = getelementptr double, ptr %arg.x, i64 %.131125127
  %.183 = load double, ptr %.182, align 8
  %.188 = icmp sgt i64 %length.4.0130, 0
  br i1 %.188, label %B108.preheader, label %B194

B108.preheader:                                   ; preds = %B66.if
  %16 = shl i64 %first.3.0129, 3
  %scevgep8 = getelementptr i8, ptr %arg.values, i64 %16
  br label %B108
}

