; 94cf9276497efa4e92f062fca3b37055a7699f7604a22dc1e1313eb5eb83cceb

define i32 @gate_gain(ptr %retptr, ptr %excinfo, ptr %arg.level, ptr %arg.opens, i64 %arg.opens_stride, ptr %arg.closes, i64 %arg.closes_stride, ptr %arg.floor, i64 %arg.floor_stride, ptr %arg.attack, i64 %arg.attack_stride, ptr %arg.hold, i64 %arg.hold_stride, ptr %arg.release, i64 %arg.release_stride, ptr %arg.state, i64 %arg.frames) {
entry:
  %.49 = load double, ptr %arg.state, align 8
  %.54 = getelementptr i8, ptr %arg.state, i64 8
  %.55 = load double, ptr %.54, align 8
  %.60 = getelementptr i8, ptr %arg.state, i64 16
  %.61 = load double, ptr %.60, align 8
  %.14651.not = icmp slt i64 %arg.frames, 1
  br i1 %.14651.not, label %B406, label %B82.if.preheader

B82.if.preheader:                                 ; preds = %entry
  %0 = icmp eq i64 %arg.frames, 1
  br i1 %0, label %B82.if.epil.preheader, label %B82.if.preheader.new

B82.if.preheader.new:                             ; preds = %B82.if.preheader
  %unroll_iter = and i64 %arg.frames, 9223372036854775806
  %1 = shl i64 %arg.opens_stride, 4
  %2 = shl i64 %arg.closes_stride, 4
  %3 = shl i64 %arg.hold_stride, 4
  %4 = shl i64 %arg.floor_stride, 4
  %5 = shl i64 %arg.attack_stride, 3
  %6 = shl i64 %arg.attack_stride, 4
  %7 = shl i64 %arg.release_stride, 3
  %8 = shl i64 %arg.release_stride, 4
  %sunkaddr36 = shl i64 %arg.opens_stride, 3
  %sunkaddr38 = shl i64 %arg.closes_stride, 3
  %sunkaddr40 = shl i64 %arg.hold_stride, 3
  %sunkaddr42 = shl i64 %arg.floor_stride, 3
  br label %B82.if

B148:                                             ; preds = %B82.if
  %.232 = load double, ptr %lsr.iv17, align 8
  %.234 = fcmp ult double %.196, %.232
  br i1 %.234, label %B202, label %B178

B178:                                             ; preds = %B148
  %.250 = load double, ptr %lsr.iv20, align 8
  br label %B266

B202:                                             ; preds = %B148
  %.255 = fcmp ogt double %held.3.055, 0.000000e+00
  br i1 %.255, label %B214, label %B246

B214:                                             ; preds = %B202
  %.263 = fadd double %held.3.055, -1.000000e+00
  br label %B266

B246:                                             ; preds = %B82.if, %B202
  %is_open.5.16 = phi double [ 0.000000e+00, %B202 ], [ %is_open.3.1, %B82.if ]
  %.297 = load double, ptr %lsr.iv23, align 8
  br label %B266

B266:                                             ; preds = %B178, %B214, %B246
  %is_open.5.17 = phi double [ %is_open.5.16, %B246 ], [ %is_open.3.1, %B214 ], [ %is_open.3.1, %B178 ]
  %held.4.15 = phi double [ %held.3.055, %B246 ], [ %.263, %B214 ], [ %.250, %B178 ]
  %"$phi266.1.2.1" = phi double [ %.297, %B246 ], [ 1.000000e+00, %B214 ], [ 1.000000e+00, %B178 ]
  %.309 = fcmp ogt double %"$phi266.1.2.1", %gain.3.054
  %"$phi322.1.2.1.in" = select i1 %.309, ptr %lsr.iv26, ptr %lsr.iv29
  %"$phi322.1.2.1" = load double, ptr %"$phi322.1.2.1.in", align 8
  %.335 = fsub double %gain.3.054, %"$phi266.1.2.1"
  %.338 = fmul double %"$phi322.1.2.1", %.335
  %.340 = fadd double %"$phi266.1.2.1", %.338
  %.345 = fsub double %.340, %"$phi266.1.2.1"
  %.346 = tail call double @llvm.fabs.f64(double %.345)
  %.347 = fcmp olt double %.346, 1.000000e-09
  %gain.4.1 = select i1 %.347, double %"$phi266.1.2.1", double %.340
  store double %gain.4.1, ptr %sunkaddr52, align 8
  %.159.1 = add i64 %.1525052, 2
  %sunkaddr35 = getelementptr i8, ptr %sunkaddr52, i64 8
  %.196.1 = load double, ptr %sunkaddr35, align 8
  %sunkaddr37 = getelementptr i8, ptr %lsr.iv, i64 %sunkaddr36
  %.205.1 = load double, ptr %sunkaddr37, align 8
  %.207.1 = fcmp oge double %.196.1, %.205.1
  %is_open.3.1.1 = select i1 %.207.1, double 1.000000e+00, double %is_open.5.17
  %.221.1 = fcmp ogt double %is_open.3.1.1, 0.000000e+00
  br i1 %.221.1, label %B148.1, label %B246.1

B148.1:                                           ; preds = %B266
  %sunkaddr39 = getelementptr i8, ptr %lsr.iv17, i64 %sunkaddr38
  %.232.1 = load double, ptr %sunkaddr39, align 8
  %.234.1 = fcmp ult double %.196.1, %.232.1
  br i1 %.234.1, label %B202.1, label %B178.1

B178.1:                                           ; preds = %B148.1
  %sunkaddr41 = getelementptr i8, ptr %lsr.iv20, i64 %sunkaddr40
  %.250.1 = load double, ptr %sunkaddr41, align 8
  br label %B266.1

B202.1:                                           ; preds = %B148.1
  %.255.1 = fcmp ogt double %held.4.15, 0.000000e+00
  br i1 %.255.1, label %B214.1, label %B246.1

B214.1:                                           ; preds = %B202.1
  %.263.1 = fadd double %held.4.15, -1.000000e+00
  br label %B266.1

B246.1:                                           ; preds = %B266, %B202.1
  %is_open.5.16.1 = phi double [ 0.000000e+00, %B202.1 ], [ %is_open.3.1.1, %B266 ]
  %sunkaddr43 = getelementptr i8, ptr %lsr.iv23, i64 %sunkaddr42
  %.297.1 = load double, ptr %sunkaddr43, align 8
  br label %B266.1

B266.1:                                           ; preds = %B178.1, %B214.1, %B246.1
  %is_open.5.17.1 = phi double [ %is_open.5.16.1, %B246.1 ], [ %is_open.3.1.1, %B214.1 ], [ %is_open.3.1.1, %B178.1 ]
  %held.4.15.1 = phi double [ %held.4.15, %B246.1 ], [ %.263.1, %B214.1 ], [ %.250.1, %B178.1 ]
  %"$phi266.1.2.1.1" = phi double [ %.297.1, %B246.1 ], [ 1.000000e+00, %B214.1 ], [ 1.000000e+00, %B178.1 ]
  %.309.1 = fcmp ogt double %"$phi266.1.2.1.1", %gain.4.1
  %scevgep28 = getelementptr i8, ptr %lsr.iv26, i64 %5
  %scevgep31 = getelementptr i8, ptr %lsr.iv29, i64 %7
  %"$phi322.1.2.1.in.1" = select i1 %.309.1, ptr %scevgep28, ptr %scevgep31
  %"$phi322.1.2.1.1" = load double, ptr %"$phi322.1.2.1.in.1", align 8
  %.335.1 = fsub double %gain.4.1, %"$phi266.1.2.1.1"
  %.338.1 = fmul double %"$phi322.1.2.1.1", %.335.1
  %.340.1 = fadd double %"$phi266.1.2.1.1", %.338.1
  %.345.1 = fsub double %.340.1, %"$phi266.1.2.1.1"
  %.346.1 = tail call double @llvm.fabs.f64(double %.345.1)
  %.347.1 = fcmp olt double %.346.1, 1.000000e-09
  %gain.4.1.1 = select i1 %.347.1, double %"$phi266.1.2.1.1", double %.340.1
  store double %gain.4.1.1, ptr %sunkaddr35, align 8
  %scevgep15 = getelementptr i8, ptr %lsr.iv, i64 %1
  %scevgep18 = getelementptr i8, ptr %lsr.iv17, i64 %2
  %scevgep21 = getelementptr i8, ptr %lsr.iv20, i64 %3
  %scevgep24 = getelementptr i8, ptr %lsr.iv23, i64 %4
  %scevgep27 = getelementptr i8, ptr %lsr.iv26, i64 %6
  %scevgep30 = getelementptr i8, ptr %lsr.iv29, i64 %8
  %niter.ncmp.1 = icmp eq i64 %unroll_iter, %.159.1
  br i1 %niter.ncmp.1, label %B406.loopexit.unr-lcssa, label %B82.if

B406.loopexit.unr-lcssa:                          ; preds = %B266.1
  %9 = and i64 %arg.frames, 1
  %lcmp.mod.not = icmp eq i64 %9, 0
  br i1 %lcmp.mod.not, label %B406, label %B82.if.epil.preheader

B82.if.epil.preheader:                            ; preds = %B406.loopexit.unr-lcssa, %B82.if.preheader
  %is_open.4.056.epil.init = phi double [ %.61, %B82.if.preheader ], [ %is_open.5.17.1, %B406.loopexit.unr-lcssa ]
  %held.3.055.epil.init = phi double [ %.55, %B82.if.preheader ], [ %held.4.15.1, %B406.loopexit.unr-lcssa ]
  %gain.3.054.epil.init = phi double [ %.49, %B82.if.preheader ], [ %gain.4.1.1, %B406.loopexit.unr-lcssa ]
  %.1525052.epil.init = phi i64 [ 0, %B82.if.preheader ], [ %unroll_iter, %B406.loopexit.unr-lcssa ]
  %.195.epil = getelementptr double, ptr %arg.level, i64 %.1525052.epil.init
  %.196.epil = load double, ptr %.195.epil, align 8
  %.202.epil = mul nsw i64 %.1525052.epil.init, %arg.opens_stride
  %.204.epil = getelementptr double, ptr %arg.opens, i64 %.202.epil
  %.205.epil = load double, ptr %.204.epil, align 8
  %.207.epil = fcmp oge double %.196.epil, %.205.epil
  %is_open.3.1.epil = select i1 %.207.epil, double 1.000000e+00, double %is_open.4.056.epil.init
  %.221.epil = fcmp ogt double %is_open.3.1.epil, 0.000000e+00
  br i1 %.221.epil, label %B148.epil, label %B246.epil

B148.epil:                                        ; preds = %B82.if.epil.preheader
  %.229.epil = mul nsw i64 %.1525052.epil.init, %arg.closes_stride
  %.231.epil = getelementptr double, ptr %arg.closes, i64 %.229.epil
  %.232.epil = load double, ptr %.231.epil, align 8
  %.234.epil = fcmp ult double %.196.epil, %.232.epil
  br i1 %.234.epil, label %B202.epil, label %B178.epil

B178.epil:                                        ; preds = %B148.epil
  %.247.epil = mul nsw i64 %.1525052.epil.init, %arg.hold_stride
  %.249.epil = getelementptr double, ptr %arg.hold, i64 %.247.epil
  %.250.epil = load double, ptr %.249.epil, align 8
  br label %B266.epil

B202.epil:                                        ; preds = %B148.epil
  %.255.epil = fcmp ogt double %held.3.055.epil.init, 0.000000e+00
  br i1 %.255.epil, label %B214.epil, label %B246.epil

B214.epil:                                        ; preds = %B202.epil
  %.263.epil = fadd double %held.3.055.epil.init, -1.000000e+00
  br label %B266.epil

B246.epil:                                        ; preds = %B82.if.epil.preheader, %B202.epil
  %is_open.5.16.epil = phi double [ 0.000000e+00, %B202.epil ], [ %is_open.3.1.epil, %B82.if.epil.preheader ]
  %.294.epil = mul nsw i64 %.1525052.epil.init, %arg.floor_stride
  %.296.epil = getelementptr double, ptr %arg.floor, i64 %.294.epil
  %.297.epil = load double, ptr %.296.epil, align 8
  br label %B266.epil

B266.epil:                                        ; preds = %B178.epil, %B214.epil, %B246.epil
  %is_open.5.17.epil = phi double [ %is_open.5.16.epil, %B246.epil ], [ %is_open.3.1.epil, %B214.epil ], [ %is_open.3.1.epil, %B178.epil ]
  %held.4.15.epil = phi double [ %held.3.055.epil.init, %B246.epil ], [ %.263.epil, %B214.epil ], [ %.250.epil, %B178.epil ]
  %"$phi266.1.2.1.epil" = phi double [ %.297.epil, %B246.epil ], [ 1.000000e+00, %B214.epil ], [ 1.000000e+00, %B178.epil ]
  %.309.epil = fcmp ogt double %"$phi266.1.2.1.epil", %gain.3.054.epil.init
  %.313.epil = mul nsw i64 %.1525052.epil.init, %arg.attack_stride
  %.315.epil = getelementptr double, ptr %arg.attack, i64 %.313.epil
  %.323.epil = mul nsw i64 %.1525052.epil.init, %arg.release_stride
  %.325.epil = getelementptr double, ptr %arg.release, i64 %.323.epil
  %"$phi322.1.2.1.in.epil" = select i1 %.309.epil, ptr %.315.epil, ptr %.325.epil
  %"$phi322.1.2.1.epil" = load double, ptr %"$phi322.1.2.1.in.epil", align 8
  %.335.epil = fsub double %gain.3.054.epil.init, %"$phi266.1.2.1.epil"
  %.338.epil = fmul double %"$phi322.1.2.1.epil", %.335.epil
  %.340.epil = fadd double %"$phi266.1.2.1.epil", %.338.epil
  %.345.epil = fsub double %.340.epil, %"$phi266.1.2.1.epil"
  %.346.epil = tail call double @llvm.fabs.f64(double %.345.epil)
  %.347.epil = fcmp olt double %.346.epil, 1.000000e-09
  %gain.4.1.epil = select i1 %.347.epil, double %"$phi266.1.2.1.epil", double %.340.epil
  %sunkaddr47 = shl i64 %.1525052.epil.init, 3
  %sunkaddr48 = getelementptr i8, ptr %arg.level, i64 %sunkaddr47
  store double %gain.4.1.epil, ptr %sunkaddr48, align 8
  br label %B406

B406:                                             ; preds = %B266.epil, %B406.loopexit.unr-lcssa, %entry
  %gain.3.0.lcssa = phi double [ %.49, %entry ], [ %gain.4.1.1, %B406.loopexit.unr-lcssa ], [ %gain.4.1.epil, %B266.epil ]
  %held.3.0.lcssa = phi double [ %.55, %entry ], [ %held.4.15.1, %B406.loopexit.unr-lcssa ], [ %held.4.15.epil, %B266.epil ]
  %is_open.4.0.lcssa = phi double [ %.61, %entry ], [ %is_open.5.17.1, %B406.loopexit.unr-lcssa ], [ %is_open.5.17.epil, %B266.epil ]
  store double %gain.3.0.lcssa, ptr %arg.state, align 8
  store double %held.3.0.lcssa, ptr %.54, align 8
  store double %is_open.4.0.lcssa, ptr %.60, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B82.if:                                           ; preds = %B266.1, %B82.if.preheader.new
  %lsr.iv29 = phi ptr [ %scevgep30, %B266.1 ], [ %arg.release, %B82.if.preheader.new ]
  %lsr.iv26 = phi ptr [ %scevgep27, %B266.1 ], [ %arg.attack, %B82.if.preheader.new ]
  %lsr.iv23 = phi ptr [ %scevgep24, %B266.1 ], [ %arg.floor, %B82.if.preheader.new ]
  %lsr.iv20 = phi ptr [ %scevgep21, %B266.1 ], [ %arg.hold, %B82.if.preheader.new ]
  %lsr.iv17 = phi ptr [ %scevgep18, %B266.1 ], [ %arg.closes, %B82.if.preheader.new ]
  %lsr.iv = phi ptr [ %scevgep15, %B266.1 ], [ %arg.opens, %B82.if.preheader.new ]
  %is_open.4.056 = phi double [ %is_open.5.17.1, %B266.1 ], [ %.61, %B82.if.preheader.new ]
  %held.3.055 = phi double [ %held.4.15.1, %B266.1 ], [ %.55, %B82.if.preheader.new ]
  %gain.3.054 = phi double [ %gain.4.1.1, %B266.1 ], [ %.49, %B82.if.preheader.new ]
  %.1525052 = phi i64 [ %.159.1, %B266.1 ], [ 0, %B82.if.preheader.new ]
  %sunkaddr51 = shl i64 %.1525052, 3
  %sunkaddr52 = getelementptr i8, ptr %arg.level, i64 %sunkaddr51
  %.196 = load double, ptr %sunkaddr52, align 8
  %.205 = load double, ptr %lsr.iv, align 8
  %.207 = fcmp oge double %.196, %.205
  %is_open.3.1 = select i1 %.207, double 1.000000e+00, double %is_open.4.056
  %.221 = fcmp ogt double %is_open.3.1, 0.000000e+00
  br i1 %.221, label %B148, label %B246
}

declare double @llvm.fabs.f64(double)

