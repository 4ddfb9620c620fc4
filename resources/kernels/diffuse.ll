; 90781660f8a9936a478e0eaf46fbb28144711af6bdb8a9417a8263a049986246

define i32 @diffuse(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.out, ptr %arg.early, i64 %arg.mask, ptr %arg.wait, i64 %arg.wait_stride, ptr %arg.rings, ptr %arg.lengths, i64 %arg.stages, i64 %arg.ring_size, double %arg.gain, ptr %arg.state, double %arg.glide, i64 %arg.position, i64 %arg.frames) {
entry:
  %.49 = load double, ptr %arg.state, align 8
  %.135174.not = icmp slt i64 %arg.frames, 1
  br i1 %.135174.not, label %B786, label %B52.if.lr.ph

B52.if.lr.ph:                                     ; preds = %entry
  %.585 = add nsw i64 %arg.ring_size, -1
  %xtraiter = and i64 %arg.stages, 3
  %unroll_iter = and i64 %arg.stages, 9223372036854775804
  %0 = mul i64 %arg.ring_size, 24
  %1 = shl i64 %arg.ring_size, 5
  %scevgep38 = getelementptr i8, ptr %arg.lengths, i64 48
  %2 = shl i64 %arg.ring_size, 4
  %3 = shl i64 %arg.ring_size, 3
  %scevgep58 = getelementptr i8, ptr %arg.lengths, i64 56
  %4 = mul i64 %arg.ring_size, 28
  %5 = mul i64 %arg.ring_size, 20
  %6 = mul i64 %arg.ring_size, 12
  %7 = shl i64 %arg.ring_size, 2
  %scevgep74 = getelementptr i8, ptr %arg.lengths, i64 8
  %8 = icmp slt i64 %arg.stages, 1
  %9 = icmp ult i64 %arg.stages, 4
  %10 = icmp eq i64 %xtraiter, 0
  %11 = add nsw i64 %xtraiter, 1152921504606846975
  %12 = and i64 %11, 1152921504606846975
  %13 = add nsw i64 %12, 1
  %xtraiter7 = and i64 %13, 1
  %14 = icmp eq i64 %xtraiter, 1
  %unroll_iter10 = and i64 %13, 2305843009213693950
  %lcmp.mod.not = icmp eq i64 %xtraiter7, 0
  %lcmp.mod9 = icmp ne i64 %xtraiter7, 0
  %xtraiter12 = and i64 %13, 1
  %15 = icmp eq i64 %xtraiter, 1
  %unroll_iter16 = and i64 %13, 2305843009213693950
  %lcmp.mod13.not = icmp eq i64 %xtraiter12, 0
  %lcmp.mod15 = icmp ne i64 %xtraiter12, 0
  br label %B52.if

B198:                                             ; preds = %B52.if
  %.236 = fcmp une double %present.4.0181, %.215
  br i1 %.236, label %B210, label %B280

B210:                                             ; preds = %B198
  %.240 = fsub double %.215, %present.4.0181
  %.242 = fmul double %arg.glide, %.240
  %.244 = fadd double %present.4.0181, %.242
  %.250 = fsub double %.244, %.215
  %.251 = tail call double @llvm.fabs.f64(double %.250)
  %.252 = fcmp olt double %.251, 1.000000e-02
  br i1 %.252, label %B276, label %B280

B276:                                             ; preds = %B210
  br label %B280

B280:                                             ; preds = %B52.if, %B276, %B210, %B198
  %present.5.1 = phi double [ %present.4.0181, %B198 ], [ %.215, %B276 ], [ %.244, %B210 ], [ %.215, %B52.if ]
  %.5.i = fptosi double %present.5.1 to i64
  %.294 = sitofp i64 %.5.i to double
  %.295 = fsub double %present.5.1, %.294
  %.421 = sub nsw i64 %.178, %.5.i
  %.423 = and i64 %.421, %arg.mask
  %.idx = shl i64 %.423, 3
  %16 = getelementptr i8, ptr %arg.early, i64 %.idx
  %.431 = fsub double 1.000000e+00, %.295
  %.437 = add i64 %.421, 2305843009213693951
  %.439 = and i64 %.437, %arg.mask
  %.idx138 = shl i64 %.439, 3
  %17 = getelementptr i8, ptr %arg.early, i64 %.idx138
  %.621 = and i64 %.178, %.585
  %.429 = load float, ptr %16, align 4
  %.432 = fpext float %.429 to double
  %.433 = fmul double %.431, %.432
  %.445 = load float, ptr %17, align 4
  %.447 = fpext float %.445 to double
  %.448 = fmul double %.295, %.447
  %.449 = fadd double %.448, %.433
  br i1 %8, label %B758, label %B546.if.preheader

B546.if.preheader:                                ; preds = %B280
  %.pre1 = shl i64 %.621, 2
  br i1 %9, label %B546.if.epil.preheader, label %B546.if

B758.loopexit.unr-lcssa:                          ; preds = %B546.if
  br i1 %10, label %B758, label %B546.if.epil.preheader

B546.if.epil.preheader:                           ; preds = %B546.if.preheader, %B758.loopexit.unr-lcssa
  %v.2.2146.epil.init = phi double [ %.640.3, %B758.loopexit.unr-lcssa ], [ %.449, %B546.if.preheader ]
  %.539142144.epil.init = phi i64 [ %unroll_iter, %B758.loopexit.unr-lcssa ], [ 0, %B546.if.preheader ]
  %18 = shl i64 %.539142144.epil.init, 4
  %scevgep50 = getelementptr i8, ptr %arg.lengths, i64 %18
  %19 = mul i64 %.539142144.epil.init, %3
  %scevgep53 = getelementptr i8, ptr %arg.rings, i64 %19
  br i1 %14, label %B546.if.epil.epil.preheader, label %B546.if.epil

B546.if.epil:                                     ; preds = %B546.if.epil.preheader, %B546.if.epil
  %lsr.iv54 = phi ptr [ %scevgep55.1, %B546.if.epil ], [ %scevgep53, %B546.if.epil.preheader ]
  %lsr.iv51 = phi i64 [ %lsr.iv.next.1, %B546.if.epil ], [ 0, %B546.if.epil.preheader ]
  %v.2.2146.epil = phi double [ %.640.epil.1, %B546.if.epil ], [ %v.2.2146.epil.init, %B546.if.epil.preheader ]
  %niter = phi i64 [ %niter.next.1, %B546.if.epil ], [ 0, %B546.if.epil.preheader ]
  %scevgep52 = getelementptr i8, ptr %scevgep50, i64 %lsr.iv51
  %.581.epil = load i64, ptr %scevgep52, align 8
  %.583.epil = sub nsw i64 %.178, %.581.epil
  %.586.epil = and i64 %.583.epil, %.585
  %20 = shl i64 %.586.epil, 2
  %scevgep57 = getelementptr i8, ptr %lsr.iv54, i64 %20
  %.591.epil = load float, ptr %scevgep57, align 4
  %.597.epil = fpext float %.591.epil to double
  %.598.epil = fmul double %arg.gain, %.597.epil
  %.600.epil = fsub double %v.2.2146.epil, %.598.epil
  %.607.epil = tail call double @llvm.fabs.f64(double %.600.epil)
  %.608.epil = fcmp ogt double %.607.epil, 0x3BC79CA10C924223
  %.600..epil = select i1 %.608.epil, double %.600.epil, double 0.000000e+00
  %.628.epil = fptrunc double %.600..epil to float
  %sunkaddr84 = getelementptr i8, ptr %lsr.iv54, i64 %.pre1
  store float %.628.epil, ptr %sunkaddr84, align 4
  %.635.epil = fmul double %arg.gain, %.600.epil
  %.640.epil = fadd double %.635.epil, %.597.epil
  %scevgep55 = getelementptr i8, ptr %lsr.iv54, i64 %3
  %21 = getelementptr i8, ptr %scevgep50, i64 %lsr.iv51
  %scevgep52.1 = getelementptr i8, ptr %21, i64 16
  %.581.epil.1 = load i64, ptr %scevgep52.1, align 8
  %.583.epil.1 = sub nsw i64 %.178, %.581.epil.1
  %.586.epil.1 = and i64 %.583.epil.1, %.585
  %22 = shl i64 %.586.epil.1, 2
  %scevgep57.1 = getelementptr i8, ptr %scevgep55, i64 %22
  %.591.epil.1 = load float, ptr %scevgep57.1, align 4
  %.597.epil.1 = fpext float %.591.epil.1 to double
  %.598.epil.1 = fmul double %arg.gain, %.597.epil.1
  %.600.epil.1 = fsub double %.640.epil, %.598.epil.1
  %.607.epil.1 = tail call double @llvm.fabs.f64(double %.600.epil.1)
  %.608.epil.1 = fcmp ogt double %.607.epil.1, 0x3BC79CA10C924223
  %.600..epil.1 = select i1 %.608.epil.1, double %.600.epil.1, double 0.000000e+00
  %.628.epil.1 = fptrunc double %.600..epil.1 to float
  %sunkaddr84.1 = getelementptr i8, ptr %scevgep55, i64 %.pre1
  store float %.628.epil.1, ptr %sunkaddr84.1, align 4
  %.635.epil.1 = fmul double %arg.gain, %.600.epil.1
  %.640.epil.1 = fadd double %.635.epil.1, %.597.epil.1
  %lsr.iv.next.1 = add nsw i64 %lsr.iv51, 32
  %scevgep55.1 = getelementptr i8, ptr %scevgep55, i64 %3
  %niter.next.1 = add i64 %niter, 2
  %niter.ncmp.1 = icmp eq i64 %niter.next.1, %unroll_iter10
  br i1 %niter.ncmp.1, label %B758.loopexit.unr-lcssa6, label %B546.if.epil

B758.loopexit.unr-lcssa6:                         ; preds = %B546.if.epil
  br i1 %lcmp.mod.not, label %B758, label %B546.if.epil.epil.preheader

B546.if.epil.epil.preheader:                      ; preds = %B758.loopexit.unr-lcssa6, %B546.if.epil.preheader
  %lsr.iv54.epil.init = phi ptr [ %scevgep53, %B546.if.epil.preheader ], [ %scevgep55.1, %B758.loopexit.unr-lcssa6 ]
  %lsr.iv51.epil.init = phi i64 [ 0, %B546.if.epil.preheader ], [ %lsr.iv.next.1, %B758.loopexit.unr-lcssa6 ]
  %v.2.2146.epil.epil.init = phi double [ %v.2.2146.epil.init, %B546.if.epil.preheader ], [ %.640.epil.1, %B758.loopexit.unr-lcssa6 ]
  tail call void @llvm.assume(i1 %lcmp.mod9)
  %scevgep52.epil = getelementptr i8, ptr %scevgep50, i64 %lsr.iv51.epil.init
  %.581.epil.epil = load i64, ptr %scevgep52.epil, align 8
  %.583.epil.epil = sub nsw i64 %.178, %.581.epil.epil
  %.586.epil.epil = and i64 %.583.epil.epil, %.585
  %23 = shl i64 %.586.epil.epil, 2
  %scevgep57.epil = getelementptr i8, ptr %lsr.iv54.epil.init, i64 %23
  %.591.epil.epil = load float, ptr %scevgep57.epil, align 4
  %.597.epil.epil = fpext float %.591.epil.epil to double
  %.598.epil.epil = fmul double %arg.gain, %.597.epil.epil
  %.600.epil.epil = fsub double %v.2.2146.epil.epil.init, %.598.epil.epil
  %.607.epil.epil = tail call double @llvm.fabs.f64(double %.600.epil.epil)
  %.608.epil.epil = fcmp ogt double %.607.epil.epil, 0x3BC79CA10C924223
  %.600..epil.epil = select i1 %.608.epil.epil, double %.600.epil.epil, double 0.000000e+00
  %.628.epil.epil = fptrunc double %.600..epil.epil to float
  %sunkaddr84.epil = getelementptr i8, ptr %lsr.iv54.epil.init, i64 %.pre1
  store float %.628.epil.epil, ptr %sunkaddr84.epil, align 4
  %.635.epil.epil = fmul double %arg.gain, %.600.epil.epil
  %.640.epil.epil = fadd double %.635.epil.epil, %.597.epil.epil
  br label %B758

B758:                                             ; preds = %B546.if.epil.epil.preheader, %B758.loopexit.unr-lcssa6, %B758.loopexit.unr-lcssa, %B280
  %v.2.2.lcssa = phi double [ %.449, %B280 ], [ %.640.3, %B758.loopexit.unr-lcssa ], [ %.640.epil.1, %B758.loopexit.unr-lcssa6 ], [ %.640.epil.epil, %B546.if.epil.epil.preheader ]
  %sunkaddr86 = getelementptr i8, ptr %arg.out, i64 %.185.idx
  store double %v.2.2.lcssa, ptr %sunkaddr86, align 8
  %sunkaddr89 = getelementptr i8, ptr %16, i64 4
  %.429.1 = load float, ptr %sunkaddr89, align 4
  %.432.1 = fpext float %.429.1 to double
  %.433.1 = fmul double %.431, %.432.1
  %sunkaddr92 = getelementptr i8, ptr %17, i64 4
  %.445.1 = load float, ptr %sunkaddr92, align 4
  %.447.1 = fpext float %.445.1 to double
  %.448.1 = fmul double %.295, %.447.1
  %.449.1 = fadd double %.433.1, %.448.1
  br i1 %8, label %B758.1, label %B546.if.1.preheader

B546.if.1.preheader:                              ; preds = %B758
  %.pre = shl i64 %.621, 2
  br i1 %9, label %B546.if.1.epil.preheader, label %B546.if.1

B546.if.1:                                        ; preds = %B546.if.1.preheader, %B546.if.1
  %lsr.iv64 = phi ptr [ %scevgep65, %B546.if.1 ], [ %arg.rings, %B546.if.1.preheader ]
  %lsr.iv59 = phi ptr [ %scevgep60, %B546.if.1 ], [ %scevgep58, %B546.if.1.preheader ]
  %v.2.2146.1 = phi double [ %.640.1.3, %B546.if.1 ], [ %.449.1, %B546.if.1.preheader ]
  %.539142144.1 = phi i64 [ %.546.1.3, %B546.if.1 ], [ 0, %B546.if.1.preheader ]
  %scevgep63 = getelementptr i8, ptr %lsr.iv59, i64 -48
  %.581.1 = load i64, ptr %scevgep63, align 8
  %.583.1 = sub nsw i64 %.178, %.581.1
  %.586.1 = and i64 %.583.1, %.585
  %24 = add i64 %.586.1, %arg.ring_size
  %25 = shl i64 %24, 2
  %scevgep73 = getelementptr i8, ptr %lsr.iv64, i64 %25
  %.591.1 = load float, ptr %scevgep73, align 4
  %.597.1 = fpext float %.591.1 to double
  %.598.1 = fmul double %arg.gain, %.597.1
  %.600.1 = fsub double %v.2.2146.1, %.598.1
  %.607.1 = tail call double @llvm.fabs.f64(double %.600.1)
  %.608.1 = fcmp ogt double %.607.1, 0x3BC79CA10C924223
  %.600..1 = select i1 %.608.1, double %.600.1, double 0.000000e+00
  %.628.1 = fptrunc double %.600..1 to float
  %26 = getelementptr i8, ptr %lsr.iv64, i64 %7
  %scevgep72 = getelementptr i8, ptr %26, i64 %.pre
  store float %.628.1, ptr %scevgep72, align 4
  %.635.1 = fmul double %arg.gain, %.600.1
  %.640.1 = fadd double %.635.1, %.597.1
  %scevgep62 = getelementptr i8, ptr %lsr.iv59, i64 -32
  %.581.1.1 = load i64, ptr %scevgep62, align 8
  %.583.1.1 = sub nsw i64 %.178, %.581.1.1
  %.586.1.1 = and i64 %.583.1.1, %.585
  %27 = shl i64 %.586.1.1, 2
  %28 = getelementptr i8, ptr %lsr.iv64, i64 %6
  %scevgep71 = getelementptr i8, ptr %28, i64 %27
  %.591.1.1 = load float, ptr %scevgep71, align 4
  %.597.1.1 = fpext float %.591.1.1 to double
  %.598.1.1 = fmul double %arg.gain, %.597.1.1
  %.600.1.1 = fsub double %.640.1, %.598.1.1
  %.607.1.1 = tail call double @llvm.fabs.f64(double %.600.1.1)
  %.608.1.1 = fcmp ogt double %.607.1.1, 0x3BC79CA10C924223
  %.600..1.1 = select i1 %.608.1.1, double %.600.1.1, double 0.000000e+00
  %.628.1.1 = fptrunc double %.600..1.1 to float
  %scevgep70 = getelementptr i8, ptr %28, i64 %.pre
  store float %.628.1.1, ptr %scevgep70, align 4
  %.635.1.1 = fmul double %arg.gain, %.600.1.1
  %.640.1.1 = fadd double %.635.1.1, %.597.1.1
  %scevgep61 = getelementptr i8, ptr %lsr.iv59, i64 -16
  %.581.1.2 = load i64, ptr %scevgep61, align 8
  %.583.1.2 = sub nsw i64 %.178, %.581.1.2
  %.586.1.2 = and i64 %.583.1.2, %.585
  %29 = shl i64 %.586.1.2, 2
  %30 = getelementptr i8, ptr %lsr.iv64, i64 %5
  %scevgep69 = getelementptr i8, ptr %30, i64 %29
  %.591.1.2 = load float, ptr %scevgep69, align 4
  %.597.1.2 = fpext float %.591.1.2 to double
  %.598.1.2 = fmul double %arg.gain, %.597.1.2
  %.600.1.2 = fsub double %.640.1.1, %.598.1.2
  %.607.1.2 = tail call double @llvm.fabs.f64(double %.600.1.2)
  %.608.1.2 = fcmp ogt double %.607.1.2, 0x3BC79CA10C924223
  %.600..1.2 = select i1 %.608.1.2, double %.600.1.2, double 0.000000e+00
  %.628.1.2 = fptrunc double %.600..1.2 to float
  %scevgep68 = getelementptr i8, ptr %30, i64 %.pre
  store float %.628.1.2, ptr %scevgep68, align 4
  %.635.1.2 = fmul double %arg.gain, %.600.1.2
  %.640.1.2 = fadd double %.635.1.2, %.597.1.2
  %.546.1.3 = add nsw i64 %.539142144.1, 4
  %.581.1.3 = load i64, ptr %lsr.iv59, align 8
  %.583.1.3 = sub nsw i64 %.178, %.581.1.3
  %.586.1.3 = and i64 %.583.1.3, %.585
  %31 = shl i64 %.586.1.3, 2
  %32 = getelementptr i8, ptr %lsr.iv64, i64 %4
  %scevgep67 = getelementptr i8, ptr %32, i64 %31
  %.591.1.3 = load float, ptr %scevgep67, align 4
  %.597.1.3 = fpext float %.591.1.3 to double
  %.598.1.3 = fmul double %arg.gain, %.597.1.3
  %.600.1.3 = fsub double %.640.1.2, %.598.1.3
  %.607.1.3 = tail call double @llvm.fabs.f64(double %.600.1.3)
  %.608.1.3 = fcmp ogt double %.607.1.3, 0x3BC79CA10C924223
  %.600..1.3 = select i1 %.608.1.3, double %.600.1.3, double 0.000000e+00
  %.628.1.3 = fptrunc double %.600..1.3 to float
  %scevgep66 = getelementptr i8, ptr %32, i64 %.pre
  store float %.628.1.3, ptr %scevgep66, align 4
  %.635.1.3 = fmul double %arg.gain, %.600.1.3
  %.640.1.3 = fadd double %.635.1.3, %.597.1.3
  %scevgep60 = getelementptr i8, ptr %lsr.iv59, i64 64
  %scevgep65 = getelementptr i8, ptr %lsr.iv64, i64 %1
  %niter33.ncmp.3 = icmp eq i64 %unroll_iter, %.546.1.3
  br i1 %niter33.ncmp.3, label %B758.1.loopexit.unr-lcssa, label %B546.if.1

B758.1.loopexit.unr-lcssa:                        ; preds = %B546.if.1
  br i1 %10, label %B758.1, label %B546.if.1.epil.preheader

B546.if.1.epil.preheader:                         ; preds = %B546.if.1.preheader, %B758.1.loopexit.unr-lcssa
  %v.2.2146.1.epil.init = phi double [ %.640.1.3, %B758.1.loopexit.unr-lcssa ], [ %.449.1, %B546.if.1.preheader ]
  %.539142144.1.epil.init = phi i64 [ %unroll_iter, %B758.1.loopexit.unr-lcssa ], [ 0, %B546.if.1.preheader ]
  %33 = shl i64 %.539142144.1.epil.init, 4
  %scevgep75 = getelementptr i8, ptr %scevgep74, i64 %33
  %34 = shl i64 %.539142144.1.epil.init, 1
  %35 = or i64 %34, 1
  %36 = mul i64 %35, %7
  %scevgep79 = getelementptr i8, ptr %arg.rings, i64 %36
  br i1 %15, label %B546.if.1.epil.epil.preheader, label %B546.if.1.epil

B546.if.1.epil:                                   ; preds = %B546.if.1.epil.preheader, %B546.if.1.epil
  %lsr.iv80 = phi ptr [ %scevgep81.1, %B546.if.1.epil ], [ %scevgep79, %B546.if.1.epil.preheader ]
  %lsr.iv76 = phi i64 [ %lsr.iv.next77.1, %B546.if.1.epil ], [ 0, %B546.if.1.epil.preheader ]
  %v.2.2146.1.epil = phi double [ %.640.1.epil.1, %B546.if.1.epil ], [ %v.2.2146.1.epil.init, %B546.if.1.epil.preheader ]
  %niter17 = phi i64 [ %niter17.next.1, %B546.if.1.epil ], [ 0, %B546.if.1.epil.preheader ]
  %scevgep78 = getelementptr i8, ptr %scevgep75, i64 %lsr.iv76
  %.581.1.epil = load i64, ptr %scevgep78, align 8
  %.583.1.epil = sub nsw i64 %.178, %.581.1.epil
  %.586.1.epil = and i64 %.583.1.epil, %.585
  %37 = shl i64 %.586.1.epil, 2
  %scevgep83 = getelementptr i8, ptr %lsr.iv80, i64 %37
  %.591.1.epil = load float, ptr %scevgep83, align 4
  %.597.1.epil = fpext float %.591.1.epil to double
  %.598.1.epil = fmul double %arg.gain, %.597.1.epil
  %.600.1.epil = fsub double %v.2.2146.1.epil, %.598.1.epil
  %.607.1.epil = tail call double @llvm.fabs.f64(double %.600.1.epil)
  %.608.1.epil = fcmp ogt double %.607.1.epil, 0x3BC79CA10C924223
  %.600..1.epil = select i1 %.608.1.epil, double %.600.1.epil, double 0.000000e+00
  %.628.1.epil = fptrunc double %.600..1.epil to float
  %sunkaddr94 = getelementptr i8, ptr %lsr.iv80, i64 %.pre
  store float %.628.1.epil, ptr %sunkaddr94, align 4
  %.635.1.epil = fmul double %arg.gain, %.600.1.epil
  %.640.1.epil = fadd double %.635.1.epil, %.597.1.epil
  %scevgep81 = getelementptr i8, ptr %lsr.iv80, i64 %3
  %38 = getelementptr i8, ptr %scevgep75, i64 %lsr.iv76
  %scevgep78.1 = getelementptr i8, ptr %38, i64 16
  %.581.1.epil.1 = load i64, ptr %scevgep78.1, align 8
  %.583.1.epil.1 = sub nsw i64 %.178, %.581.1.epil.1
  %.586.1.epil.1 = and i64 %.583.1.epil.1, %.585
  %39 = shl i64 %.586.1.epil.1, 2
  %scevgep83.1 = getelementptr i8, ptr %scevgep81, i64 %39
  %.591.1.epil.1 = load float, ptr %scevgep83.1, align 4
  %.597.1.epil.1 = fpext float %.591.1.epil.1 to double
  %.598.1.epil.1 = fmul double %arg.gain, %.597.1.epil.1
  %.600.1.epil.1 = fsub double %.640.1.epil, %.598.1.epil.1
  %.607.1.epil.1 = tail call double @llvm.fabs.f64(double %.600.1.epil.1)
  %.608.1.epil.1 = fcmp ogt double %.607.1.epil.1, 0x3BC79CA10C924223
  %.600..1.epil.1 = select i1 %.608.1.epil.1, double %.600.1.epil.1, double 0.000000e+00
  %.628.1.epil.1 = fptrunc double %.600..1.epil.1 to float
  %sunkaddr94.1 = getelementptr i8, ptr %scevgep81, i64 %.pre
  store float %.628.1.epil.1, ptr %sunkaddr94.1, align 4
  %.635.1.epil.1 = fmul double %arg.gain, %.600.1.epil.1
  %.640.1.epil.1 = fadd double %.635.1.epil.1, %.597.1.epil.1
  %lsr.iv.next77.1 = add nsw i64 %lsr.iv76, 32
  %scevgep81.1 = getelementptr i8, ptr %scevgep81, i64 %3
  %niter17.next.1 = add i64 %niter17, 2
  %niter17.ncmp.1 = icmp eq i64 %niter17.next.1, %unroll_iter16
  br i1 %niter17.ncmp.1, label %B758.1.loopexit.unr-lcssa11, label %B546.if.1.epil

B758.1.loopexit.unr-lcssa11:                      ; preds = %B546.if.1.epil
  br i1 %lcmp.mod13.not, label %B758.1, label %B546.if.1.epil.epil.preheader

B546.if.1.epil.epil.preheader:                    ; preds = %B758.1.loopexit.unr-lcssa11, %B546.if.1.epil.preheader
  %lsr.iv80.epil.init = phi ptr [ %scevgep79, %B546.if.1.epil.preheader ], [ %scevgep81.1, %B758.1.loopexit.unr-lcssa11 ]
  %lsr.iv76.epil.init = phi i64 [ 0, %B546.if.1.epil.preheader ], [ %lsr.iv.next77.1, %B758.1.loopexit.unr-lcssa11 ]
  %v.2.2146.1.epil.epil.init = phi double [ %v.2.2146.1.epil.init, %B546.if.1.epil.preheader ], [ %.640.1.epil.1, %B758.1.loopexit.unr-lcssa11 ]
  tail call void @llvm.assume(i1 %lcmp.mod15)
  %scevgep78.epil = getelementptr i8, ptr %scevgep75, i64 %lsr.iv76.epil.init
  %.581.1.epil.epil = load i64, ptr %scevgep78.epil, align 8
  %.583.1.epil.epil = sub nsw i64 %.178, %.581.1.epil.epil
  %.586.1.epil.epil = and i64 %.583.1.epil.epil, %.585
  %40 = shl i64 %.586.1.epil.epil, 2
  %scevgep83.epil = getelementptr i8, ptr %lsr.iv80.epil.init, i64 %40
  %.591.1.epil.epil = load float, ptr %scevgep83.epil, align 4
  %.597.1.epil.epil = fpext float %.591.1.epil.epil to double
  %.598.1.epil.epil = fmul double %arg.gain, %.597.1.epil.epil
  %.600.1.epil.epil = fsub double %v.2.2146.1.epil.epil.init, %.598.1.epil.epil
  %.607.1.epil.epil = tail call double @llvm.fabs.f64(double %.600.1.epil.epil)
  %.608.1.epil.epil = fcmp ogt double %.607.1.epil.epil, 0x3BC79CA10C924223
  %.600..1.epil.epil = select i1 %.608.1.epil.epil, double %.600.1.epil.epil, double 0.000000e+00
  %.628.1.epil.epil = fptrunc double %.600..1.epil.epil to float
  %sunkaddr94.epil = getelementptr i8, ptr %lsr.iv80.epil.init, i64 %.pre
  store float %.628.1.epil.epil, ptr %sunkaddr94.epil, align 4
  %.635.1.epil.epil = fmul double %arg.gain, %.600.1.epil.epil
  %.640.1.epil.epil = fadd double %.635.1.epil.epil, %.597.1.epil.epil
  br label %B758.1

B758.1:                                           ; preds = %B546.if.1.epil.epil.preheader, %B758.1.loopexit.unr-lcssa11, %B758.1.loopexit.unr-lcssa, %B758
  %v.2.2.lcssa.1 = phi double [ %.449.1, %B758 ], [ %.640.1.3, %B758.1.loopexit.unr-lcssa ], [ %.640.1.epil.1, %B758.1.loopexit.unr-lcssa11 ], [ %.640.1.epil.epil, %B546.if.1.epil.epil.preheader ]
  %sunkaddr97 = getelementptr i8, ptr %sunkaddr86, i64 8
  store double %v.2.2.lcssa.1, ptr %sunkaddr97, align 8
  %exitcond195.not = icmp eq i64 %.148, %arg.frames
  br i1 %exitcond195.not, label %B786, label %B52.if

B786:                                             ; preds = %B758.1, %entry
  %present.4.0.lcssa = phi double [ %.49, %entry ], [ %present.5.1, %B758.1 ]
  store double %present.4.0.lcssa, ptr %arg.state, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B52.if:                                           ; preds = %B758.1, %B52.if.lr.ph
  %present.4.0181 = phi double [ %.49, %B52.if.lr.ph ], [ %present.5.1, %B758.1 ]
  %.141163179 = phi i64 [ 0, %B52.if.lr.ph ], [ %.148, %B758.1 ]
  %.148 = add nsw i64 %.141163179, 1
  %.178 = add nsw i64 %.141163179, %arg.position
  %.185.idx = shl i64 %.141163179, 4
  %.185 = getelementptr i8, ptr %arg.x, i64 %.185.idx
  %.189 = and i64 %.178, %arg.mask
  %.193.idx = shl i64 %.189, 3
  %.193 = getelementptr i8, ptr %arg.early, i64 %.193.idx
  %41 = load <2 x double>, ptr %.185, align 8
  %42 = fptrunc <2 x double> %41 to <2 x float>
  store <2 x float> %42, ptr %.193, align 4
  %.212 = mul nsw i64 %.141163179, %arg.wait_stride
  %.214 = getelementptr double, ptr %arg.wait, i64 %.212
  %.215 = load double, ptr %.214, align 8
  %.220 = fcmp olt double %present.4.0181, 0.000000e+00
  br i1 %.220, label %B280, label %B198

B546.if:                                          ; preds = %B546.if.preheader, %B546.if
  %lsr.iv39 = phi ptr [ %scevgep40, %B546.if ], [ %scevgep38, %B546.if.preheader ]
  %lsr.iv = phi ptr [ %scevgep, %B546.if ], [ %arg.rings, %B546.if.preheader ]
  %v.2.2146 = phi double [ %.640.3, %B546.if ], [ %.449, %B546.if.preheader ]
  %.539142144 = phi i64 [ %.546.3, %B546.if ], [ 0, %B546.if.preheader ]
  %scevgep43 = getelementptr i8, ptr %lsr.iv39, i64 -48
  %.581 = load i64, ptr %scevgep43, align 8
  %.583 = sub nsw i64 %.178, %.581
  %.586 = and i64 %.583, %.585
  %43 = shl i64 %.586, 2
  %scevgep49 = getelementptr i8, ptr %lsr.iv, i64 %43
  %.591 = load float, ptr %scevgep49, align 4
  %.597 = fpext float %.591 to double
  %.598 = fmul double %arg.gain, %.597
  %.600 = fsub double %v.2.2146, %.598
  %.607 = tail call double @llvm.fabs.f64(double %.600)
  %.608 = fcmp ogt double %.607, 0x3BC79CA10C924223
  %.600. = select i1 %.608, double %.600, double 0.000000e+00
  %.628 = fptrunc double %.600. to float
  %scevgep48 = getelementptr i8, ptr %lsr.iv, i64 %.pre1
  store float %.628, ptr %scevgep48, align 4
  %.635 = fmul double %arg.gain, %.600
  %.640 = fadd double %.635, %.597
  %scevgep42 = getelementptr i8, ptr %lsr.iv39, i64 -32
  %.581.111 = load i64, ptr %scevgep42, align 8
  %.583.112 = sub nsw i64 %.178, %.581.111
  %.586.113 = and i64 %.583.112, %.585
  %44 = shl i64 %.586.113, 2
  %45 = getelementptr i8, ptr %lsr.iv, i64 %3
  %scevgep47 = getelementptr i8, ptr %45, i64 %44
  %.591.115 = load float, ptr %scevgep47, align 4
  %.597.116 = fpext float %.591.115 to double
  %.598.117 = fmul double %arg.gain, %.597.116
  %.600.118 = fsub double %.640, %.598.117
  %.607.119 = tail call double @llvm.fabs.f64(double %.600.118)
  %.608.120 = fcmp ogt double %.607.119, 0x3BC79CA10C924223
  %.600..121 = select i1 %.608.120, double %.600.118, double 0.000000e+00
  %.628.122 = fptrunc double %.600..121 to float
  %scevgep46 = getelementptr i8, ptr %45, i64 %.pre1
  store float %.628.122, ptr %scevgep46, align 4
  %.635.124 = fmul double %arg.gain, %.600.118
  %.640.125 = fadd double %.635.124, %.597.116
  %scevgep41 = getelementptr i8, ptr %lsr.iv39, i64 -16
  %.581.2 = load i64, ptr %scevgep41, align 8
  %.583.2 = sub nsw i64 %.178, %.581.2
  %.586.2 = and i64 %.583.2, %.585
  %46 = shl i64 %.586.2, 2
  %47 = getelementptr i8, ptr %lsr.iv, i64 %2
  %scevgep45 = getelementptr i8, ptr %47, i64 %46
  %.591.2 = load float, ptr %scevgep45, align 4
  %.597.2 = fpext float %.591.2 to double
  %.598.2 = fmul double %arg.gain, %.597.2
  %.600.2 = fsub double %.640.125, %.598.2
  %.607.2 = tail call double @llvm.fabs.f64(double %.600.2)
  %.608.2 = fcmp ogt double %.607.2, 0x3BC79CA10C924223
  %.600..2 = select i1 %.608.2, double %.600.2, double 0.000000e+00
  %.628.2 = fptrunc double %.600..2 to float
  %scevgep44 = getelementptr i8, ptr %47, i64 %.pre1
  store float %.628.2, ptr %scevgep44, align 4
  %.635.2 = fmul double %arg.gain, %.600.2
  %.640.2 = fadd double %.635.2, %.597.2
  %.546.3 = add nsw i64 %.539142144, 4
  %.581.3 = load i64, ptr %lsr.iv39, align 8
  %.583.3 = sub nsw i64 %.178, %.581.3
  %.586.3 = and i64 %.583.3, %.585
  %48 = shl i64 %.586.3, 2
  %49 = getelementptr i8, ptr %lsr.iv, i64 %0
  %scevgep37 = getelementptr i8, ptr %49, i64 %48
  %.591.3 = load float, ptr %scevgep37, align 4
  %.597.3 = fpext float %.591.3 to double
  %.598.3 = fmul double %arg.gain, %.597.3
  %.600.3 = fsub double %.640.2, %.598.3
  %.607.3 = tail call double @llvm.fabs.f64(double %.600.3)
  %.608.3 = fcmp ogt double %.607.3, 0x3BC79CA10C924223
  %.600..3 = select i1 %.608.3, double %.600.3, double 0.000000e+00
  %.628.3 = fptrunc double %.600..3 to float
  %scevgep36 = getelementptr i8, ptr %49, i64 %.pre1
  store float %.628.3, ptr %scevgep36, align 4
  %.635.3 = fmul double %arg.gain, %.600.3
  %.640.3 = fadd double %.635.3, %.597.3
  %scevgep = getelementptr i8, ptr %lsr.iv, i64 %1
  %scevgep40 = getelementptr i8, ptr %lsr.iv39, i64 64
  %niter.ncmp.3 = icmp eq i64 %unroll_iter, %.546.3
  br i1 %niter.ncmp.3, label %B758.loopexit.unr-lcssa, label %B546.if
}

declare double @llvm.fabs.f64(double)

declare void @llvm.assume(i1)

