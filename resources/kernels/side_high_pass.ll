; d2f96437afc7200ff5ef26bc22741ff2c078de864582a07069fbdcfcaffe66ef

define i32 @side_high_pass(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.coefficients, i64 %arg.stride, ptr %arg.state, i64 %arg.position, i64 %arg.frames) {
entry:
  %0 = load <2 x double>, ptr %arg.state, align 8
  %.11447.not = icmp slt i64 %arg.frames, 1
  %1 = extractelement <2 x double> %0, i64 0
  %2 = extractelement <2 x double> %0, i64 1
  br i1 %.11447.not, label %B634, label %B68.if.preheader

B68.if.preheader:                                 ; preds = %entry
  %scevgep = getelementptr i8, ptr %arg.x, i64 8
  %scevgep3 = getelementptr i8, ptr %arg.coefficients, i64 40
  %3 = shl i64 %arg.stride, 3
  br label %B68.if

B96:                                              ; preds = %B68.if
  %4 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %16)
  %5 = fcmp ogt <2 x double> %4, splat (double 1.000000e-25)
  %6 = select <2 x i1> %5, <2 x double> %16, <2 x double> zeroinitializer
  br label %B208

B208:                                             ; preds = %B68.if, %B96
  %7 = phi <2 x double> [ %6, %B96 ], [ %16, %B68.if ]
  %scevgep2 = getelementptr i8, ptr %lsr.iv, i64 -8
  %.229 = load double, ptr %scevgep2, align 8
  %.235 = load double, ptr %lsr.iv, align 8
  %.236 = fadd double %.229, %.235
  %.237 = fmul double %.236, 5.000000e-01
  %.249 = fsub double %.229, %.235
  %.250 = fmul double %.249, 5.000000e-01
  %scevgep10 = getelementptr i8, ptr %lsr.iv4, i64 -40
  %.255 = load double, ptr %scevgep10, align 8
  %8 = extractelement <2 x double> %7, i64 0
  %.257 = fmul double %8, %.255
  %scevgep9 = getelementptr i8, ptr %lsr.iv4, i64 -32
  %.261 = load double, ptr %scevgep9, align 8
  %scevgep8 = getelementptr i8, ptr %lsr.iv4, i64 -24
  %.273 = load double, ptr %scevgep8, align 8
  %.269 = fmul double %8, %.261
  %9 = extractelement <2 x double> %7, i64 1
  %.252 = fsub double %.250, %9
  %.274 = fmul double %.273, %.252
  %.275 = fadd double %.269, %.274
  %.262 = fmul double %.261, %.252
  %.277 = fadd double %9, %.275
  %.263 = fadd double %.257, %.262
  %10 = insertelement <2 x double> poison, double %.263, i64 0
  %11 = insertelement <2 x double> %10, double %.277, i64 1
  %12 = fmul <2 x double> %11, splat (double 2.000000e+00)
  %13 = fsub <2 x double> %12, %7
  %scevgep7 = getelementptr i8, ptr %lsr.iv4, i64 -16
  %.295 = load double, ptr %scevgep7, align 8
  %.296 = fmul double %.250, %.295
  %scevgep6 = getelementptr i8, ptr %lsr.iv4, i64 -8
  %.300 = load double, ptr %scevgep6, align 8
  %.301 = fmul double %.300, %.263
  %.302 = fadd double %.296, %.301
  %.306 = load double, ptr %lsr.iv4, align 8
  %.307 = fmul double %.306, %.277
  %.308 = fadd double %.302, %.307
  %.309 = fadd double %.237, %.308
  store double %.309, ptr %scevgep2, align 8
  %.315 = fsub double %.237, %.308
  store double %.315, ptr %lsr.iv, align 8
  %scevgep1 = getelementptr i8, ptr %lsr.iv, i64 16
  %scevgep5 = getelementptr i8, ptr %lsr.iv4, i64 %3
  %lsr.iv.next = add i64 %lsr.iv11, 1
  %lsr.iv.next13 = add nsw i64 %lsr.iv12, -1
  %exitcond.not = icmp eq i64 %lsr.iv.next13, 0
  br i1 %exitcond.not, label %B634.loopexit, label %B68.if

B634.loopexit:                                    ; preds = %B208
  %14 = extractelement <2 x double> %13, i64 1
  %15 = extractelement <2 x double> %13, i64 0
  br label %B634

B634:                                             ; preds = %B634.loopexit, %entry
  %first.3.0.lcssa = phi double [ %1, %entry ], [ %15, %B634.loopexit ]
  %second.3.0.lcssa = phi double [ %2, %entry ], [ %14, %B634.loopexit ]
  %.27 = getelementptr i8, ptr %arg.state, i64 8
  store double %first.3.0.lcssa, ptr %arg.state, align 8
  store double %second.3.0.lcssa, ptr %.27, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B68.if:                                           ; preds = %B208, %B68.if.preheader
  %lsr.iv12 = phi i64 [ %arg.frames, %B68.if.preheader ], [ %lsr.iv.next13, %B208 ]
  %lsr.iv11 = phi i64 [ %arg.position, %B68.if.preheader ], [ %lsr.iv.next, %B208 ]
  %lsr.iv4 = phi ptr [ %scevgep3, %B68.if.preheader ], [ %scevgep5, %B208 ]
  %lsr.iv = phi ptr [ %scevgep, %B68.if.preheader ], [ %scevgep1, %B208 ]
  %16 = phi <2 x double> [ %0, %B68.if.preheader ], [ %13, %B208 ]
  %.166 = and i64 %lsr.iv11, 63
  %.167 = icmp eq i64 %.166, 0
  br i1 %.167, label %B96, label %B208
}

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)

