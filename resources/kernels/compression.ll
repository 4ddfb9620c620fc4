; ce4928f1c8b2fc41e8f6971f7cd9c3c77a80b979880eccf55c20670951bb8217

define i32 @compression(ptr %retptr, ptr %excinfo, ptr %arg.level, double %arg.unit, ptr %arg.threshold, i64 %arg.threshold_stride, ptr %arg.ratio, i64 %arg.ratio_stride, ptr %arg.knee, i64 %arg.knee_stride, ptr %arg.makeup, i64 %arg.makeup_stride, ptr %arg.attack, i64 %arg.attack_stride, ptr %arg.release, i64 %arg.release_stride, ptr %arg.state, i64 %arg.frames) {
entry:
  %.52 = load double, ptr %arg.state, align 8
  %.13771.not = icmp slt i64 %arg.frames, 1
  br i1 %.13771.not, label %B496, label %B50.if.preheader

B50.if.preheader:                                 ; preds = %entry
  %0 = icmp eq i64 %arg.frames, 1
  br i1 %0, label %B50.if.epil.preheader, label %B50.if.preheader.new

B50.if.preheader.new:                             ; preds = %B50.if.preheader
  %unroll_iter = and i64 %arg.frames, 9223372036854775806
  %1 = shl i64 %arg.threshold_stride, 4
  %2 = shl i64 %arg.knee_stride, 4
  %3 = shl i64 %arg.ratio_stride, 4
  %4 = shl i64 %arg.attack_stride, 3
  %5 = shl i64 %arg.attack_stride, 4
  %6 = shl i64 %arg.release_stride, 3
  %7 = shl i64 %arg.release_stride, 4
  %8 = shl i64 %arg.makeup_stride, 4
  %sunkaddr43 = shl i64 %arg.threshold_stride, 3
  %sunkaddr45 = shl i64 %arg.knee_stride, 3
  %sunkaddr47 = shl i64 %arg.ratio_stride, 3
  %sunkaddr49 = shl i64 %arg.makeup_stride, 3
  %9 = insertelement <2 x double> poison, double %arg.unit, i64 0
  %10 = shufflevector <2 x double> %9, <2 x double> poison, <2 x i32> zeroinitializer
  br label %B50.if

B496.loopexit.unr-lcssa:                          ; preds = %B50.if
  %11 = and i64 %arg.frames, 1
  %lcmp.mod.not = icmp eq i64 %11, 0
  br i1 %lcmp.mod.not, label %B496, label %B50.if.epil.preheader

B50.if.epil.preheader:                            ; preds = %B496.loopexit.unr-lcssa, %B50.if.preheader
  %value.3.074.epil.init = phi double [ %.52, %B50.if.preheader ], [ %.372..1, %B496.loopexit.unr-lcssa ]
  %.1436772.epil.init = phi i64 [ 0, %B50.if.preheader ], [ %unroll_iter, %B496.loopexit.unr-lcssa ]
  %.180.epil = getelementptr float, ptr %arg.level, i64 %.1436772.epil.init
  %.181.epil = load float, ptr %.180.epil, align 4
  %.183.epil = fpext float %.181.epil to double
  %.184.epil = fmul double %arg.unit, %.183.epil
  %.187.epil = mul nsw i64 %.1436772.epil.init, %arg.threshold_stride
  %.189.epil = getelementptr double, ptr %arg.threshold, i64 %.187.epil
  %.190.epil = load double, ptr %.189.epil, align 8
  %.191.epil = fsub double %.184.epil, %.190.epil
  %.194.epil = mul nsw i64 %.1436772.epil.init, %arg.knee_stride
  %.196.epil = getelementptr double, ptr %arg.knee, i64 %.194.epil
  %.197.epil = load double, ptr %.196.epil, align 8
  %.201.epil = fmul double %.197.epil, 5.000000e-01
  %.10.i.epil = fcmp olt double %.201.epil, 1.000000e-09
  %.11.i.epil = select i1 %.10.i.epil, double 1.000000e-09, double %.201.epil
  %.230.epil = fadd double %.191.epil, %.11.i.epil
  %.10.i11.epil = fcmp olt double %.230.epil, 0.000000e+00
  %.11.i12.epil = select i1 %.10.i11.epil, double 0.000000e+00, double %.230.epil
  %.259.epil = fmul double %.11.i.epil, 2.000000e+00
  %.10.i13.epil = fcmp olt double %.259.epil, %.11.i12.epil
  %.11.i14.epil = select i1 %.10.i13.epil, double %.259.epil, double %.11.i12.epil
  %.290.epil = mul nsw i64 %.1436772.epil.init, %arg.ratio_stride
  %.292.epil = getelementptr double, ptr %arg.ratio, i64 %.290.epil
  %.293.epil = load double, ptr %.292.epil, align 8
  %.305.epil = fsub double %.191.epil, %.11.i.epil
  %.10.i15.epil = fcmp olt double %.305.epil, 0.000000e+00
  %.11.i16.epil = select i1 %.10.i15.epil, double 0.000000e+00, double %.305.epil
  %.299.epil = fmul double %.11.i14.epil, %.11.i14.epil
  %.300.epil = fmul double %.11.i.epil, 4.000000e+00
  %12 = insertelement <2 x double> <double 1.000000e+00, double poison>, double %.299.epil, i64 1
  %13 = insertelement <2 x double> poison, double %.293.epil, i64 0
  %14 = insertelement <2 x double> %13, double %.300.epil, i64 1
  %15 = fdiv <2 x double> %12, %14
  %16 = extractelement <2 x double> %15, i64 0
  %17 = fsub double 1.000000e+00, %16
  %18 = extractelement <2 x double> %15, i64 1
  %19 = fadd double %.11.i16.epil, %18
  %.335.epil = fmul double %17, %19
  %.341.epil = fcmp ogt double %.335.epil, %value.3.074.epil.init
  %.345.epil = mul nsw i64 %.1436772.epil.init, %arg.attack_stride
  %.347.epil = getelementptr double, ptr %arg.attack, i64 %.345.epil
  %.355.epil = mul nsw i64 %.1436772.epil.init, %arg.release_stride
  %.357.epil = getelementptr double, ptr %arg.release, i64 %.355.epil
  %"$phi410.1.2.1.in.epil" = select i1 %.341.epil, ptr %.347.epil, ptr %.357.epil
  %"$phi410.1.2.1.epil" = load double, ptr %"$phi410.1.2.1.in.epil", align 8
  %.367.epil = fsub double %value.3.074.epil.init, %.335.epil
  %.370.epil = fmul double %"$phi410.1.2.1.epil", %.367.epil
  %.372.epil = fadd double %.335.epil, %.370.epil
  %.379.epil = fcmp ogt double %.372.epil, 0x3D719799812DEA11
  %.372..epil = select i1 %.379.epil, double %.372.epil, double 0.000000e+00
  %.400.epil = mul nsw i64 %.1436772.epil.init, %arg.makeup_stride
  %.402.epil = getelementptr double, ptr %arg.makeup, i64 %.400.epil
  %.403.epil = load double, ptr %.402.epil, align 8
  %.404.epil = fsub double %.403.epil, %.372..epil
  %.409.epil = fdiv double %.404.epil, %arg.unit
  %.412.epil = fptrunc double %.409.epil to float
  store float %.412.epil, ptr %.180.epil, align 4
  br label %B496

B496:                                             ; preds = %B50.if.epil.preheader, %B496.loopexit.unr-lcssa, %entry
  %value.3.0.lcssa = phi double [ %.52, %entry ], [ %.372..1, %B496.loopexit.unr-lcssa ], [ %.372..epil, %B50.if.epil.preheader ]
  store double %value.3.0.lcssa, ptr %arg.state, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B50.if:                                           ; preds = %B50.if, %B50.if.preheader.new
  %lsr.iv36 = phi ptr [ %scevgep37, %B50.if ], [ %arg.makeup, %B50.if.preheader.new ]
  %lsr.iv33 = phi ptr [ %scevgep34, %B50.if ], [ %arg.release, %B50.if.preheader.new ]
  %lsr.iv30 = phi ptr [ %scevgep31, %B50.if ], [ %arg.attack, %B50.if.preheader.new ]
  %lsr.iv27 = phi ptr [ %scevgep28, %B50.if ], [ %arg.ratio, %B50.if.preheader.new ]
  %lsr.iv24 = phi ptr [ %scevgep25, %B50.if ], [ %arg.knee, %B50.if.preheader.new ]
  %lsr.iv = phi ptr [ %scevgep22, %B50.if ], [ %arg.threshold, %B50.if.preheader.new ]
  %value.3.074 = phi double [ %.372..1, %B50.if ], [ %.52, %B50.if.preheader.new ]
  %.1436772 = phi i64 [ %.150.1, %B50.if ], [ 0, %B50.if.preheader.new ]
  %sunkaddr = shl i64 %.1436772, 2
  %sunkaddr39 = getelementptr i8, ptr %arg.level, i64 %sunkaddr
  %.190 = load double, ptr %lsr.iv, align 8
  %.197 = load double, ptr %lsr.iv24, align 8
  %.293 = load double, ptr %lsr.iv27, align 8
  %20 = insertelement <2 x double> poison, double %.293, i64 0
  %.403 = load double, ptr %lsr.iv36, align 8
  %.150.1 = add i64 %.1436772, 2
  %sunkaddr44 = getelementptr i8, ptr %lsr.iv, i64 %sunkaddr43
  %.190.1 = load double, ptr %sunkaddr44, align 8
  %sunkaddr46 = getelementptr i8, ptr %lsr.iv24, i64 %sunkaddr45
  %.197.1 = load double, ptr %sunkaddr46, align 8
  %21 = load <2 x float>, ptr %sunkaddr39, align 4
  %22 = fpext <2 x float> %21 to <2 x double>
  %23 = fmul <2 x double> %10, %22
  %24 = insertelement <2 x double> poison, double %.190, i64 0
  %25 = insertelement <2 x double> %24, double %.190.1, i64 1
  %26 = fsub <2 x double> %23, %25
  %27 = insertelement <2 x double> poison, double %.197, i64 0
  %28 = insertelement <2 x double> %27, double %.197.1, i64 1
  %29 = fmul <2 x double> %28, splat (double 5.000000e-01)
  %30 = fcmp olt <2 x double> %29, splat (double 1.000000e-09)
  %31 = select <2 x i1> %30, <2 x double> splat (double 1.000000e-09), <2 x double> %29
  %32 = fadd <2 x double> %26, %31
  %33 = fcmp olt <2 x double> %32, zeroinitializer
  %34 = extractelement <2 x double> %31, i64 0
  %foldExtExtBinop2 = fsub <2 x double> %26, %31
  %.305 = extractelement <2 x double> %foldExtExtBinop2, i64 0
  %.10.i15 = fcmp olt double %.305, 0.000000e+00
  %.11.i16 = select i1 %.10.i15, double 0.000000e+00, double %.305
  %.300 = fmul double %34, 4.000000e+00
  %35 = insertelement <2 x double> %20, double %.300, i64 1
  %36 = extractelement <2 x double> %31, i64 1
  %37 = select <2 x i1> %33, <2 x double> zeroinitializer, <2 x double> %32
  %38 = fmul <2 x double> %31, splat (double 2.000000e+00)
  %39 = fcmp olt <2 x double> %38, %37
  %40 = extractelement <2 x i1> %39, i64 0
  %41 = extractelement <2 x double> %38, i64 0
  %42 = extractelement <2 x double> %37, i64 0
  %.11.i14 = select i1 %40, double %41, double %42
  %.299 = fmul double %.11.i14, %.11.i14
  %43 = insertelement <2 x double> <double 1.000000e+00, double poison>, double %.299, i64 1
  %44 = fdiv <2 x double> %43, %35
  %45 = extractelement <2 x double> %44, i64 0
  %46 = fsub double 1.000000e+00, %45
  %47 = extractelement <2 x double> %44, i64 1
  %48 = fadd double %.11.i16, %47
  %.335 = fmul double %46, %48
  %.341 = fcmp ogt double %.335, %value.3.074
  %"$phi410.1.2.1.in" = select i1 %.341, ptr %lsr.iv30, ptr %lsr.iv33
  %"$phi410.1.2.1" = load double, ptr %"$phi410.1.2.1.in", align 8
  %.367 = fsub double %value.3.074, %.335
  %.370 = fmul double %"$phi410.1.2.1", %.367
  %.372 = fadd double %.335, %.370
  %.379 = fcmp ogt double %.372, 0x3D719799812DEA11
  %49 = extractelement <2 x i1> %39, i64 1
  %50 = extractelement <2 x double> %38, i64 1
  %51 = extractelement <2 x double> %37, i64 1
  %.11.i14.1 = select i1 %49, double %50, double %51
  %sunkaddr48 = getelementptr i8, ptr %lsr.iv27, i64 %sunkaddr47
  %.293.1 = load double, ptr %sunkaddr48, align 8
  %foldExtExtBinop7 = fsub <2 x double> %26, %31
  %.305.1 = extractelement <2 x double> %foldExtExtBinop7, i64 1
  %.10.i15.1 = fcmp olt double %.305.1, 0.000000e+00
  %.11.i16.1 = select i1 %.10.i15.1, double 0.000000e+00, double %.305.1
  %.299.1 = fmul double %.11.i14.1, %.11.i14.1
  %.300.1 = fmul double %36, 4.000000e+00
  %52 = insertelement <2 x double> <double 1.000000e+00, double poison>, double %.299.1, i64 1
  %53 = insertelement <2 x double> poison, double %.293.1, i64 0
  %54 = insertelement <2 x double> %53, double %.300.1, i64 1
  %55 = fdiv <2 x double> %52, %54
  %56 = extractelement <2 x double> %55, i64 0
  %57 = fsub double 1.000000e+00, %56
  %58 = extractelement <2 x double> %55, i64 1
  %59 = fadd double %.11.i16.1, %58
  %.335.1 = fmul double %57, %59
  %scevgep32 = getelementptr i8, ptr %lsr.iv30, i64 %4
  %scevgep35 = getelementptr i8, ptr %lsr.iv33, i64 %6
  %sunkaddr50 = getelementptr i8, ptr %lsr.iv36, i64 %sunkaddr49
  %.403.1 = load double, ptr %sunkaddr50, align 8
  %.372. = select i1 %.379, double %.372, double 0.000000e+00
  %.341.1 = fcmp ogt double %.335.1, %.372.
  %"$phi410.1.2.1.in.1" = select i1 %.341.1, ptr %scevgep32, ptr %scevgep35
  %"$phi410.1.2.1.1" = load double, ptr %"$phi410.1.2.1.in.1", align 8
  %.367.1 = fsub double %.372., %.335.1
  %.370.1 = fmul double %"$phi410.1.2.1.1", %.367.1
  %.372.1 = fadd double %.335.1, %.370.1
  %.379.1 = fcmp ogt double %.372.1, 0x3D719799812DEA11
  %.372..1 = select i1 %.379.1, double %.372.1, double 0.000000e+00
  %60 = insertelement <2 x double> poison, double %.403, i64 0
  %61 = insertelement <2 x double> %60, double %.403.1, i64 1
  %62 = insertelement <2 x double> poison, double %.372., i64 0
  %63 = insertelement <2 x double> %62, double %.372..1, i64 1
  %64 = fsub <2 x double> %61, %63
  %65 = fdiv <2 x double> %64, %10
  %66 = fptrunc <2 x double> %65 to <2 x float>
  store <2 x float> %66, ptr %sunkaddr39, align 4
  %scevgep22 = getelementptr i8, ptr %lsr.iv, i64 %1
  %scevgep25 = getelementptr i8, ptr %lsr.iv24, i64 %2
  %scevgep28 = getelementptr i8, ptr %lsr.iv27, i64 %3
  %scevgep31 = getelementptr i8, ptr %lsr.iv30, i64 %5
  %scevgep34 = getelementptr i8, ptr %lsr.iv33, i64 %7
  %scevgep37 = getelementptr i8, ptr %lsr.iv36, i64 %8
  %niter.ncmp.1 = icmp eq i64 %unroll_iter, %.150.1
  br i1 %niter.ncmp.1, label %B496.loopexit.unr-lcssa, label %B50.if
}

