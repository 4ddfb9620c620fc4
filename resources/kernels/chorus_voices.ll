; aa6f3cd4e9d90d42944e92ea716a69adfea5ce688b142d2762917da22ac616ea

define i32 @chorus_voices(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.out, ptr %arg.line, i64 %arg.mask, ptr %arg.step, i64 %arg.step_stride, ptr %arg.depth, i64 %arg.depth_stride, ptr %arg.delay, i64 %arg.delay_stride, ptr %arg.spread, i64 %arg.spread_stride, ptr %arg.feedback, i64 %arg.feedback_stride, i64 %arg.voices, ptr %arg.state, i64 %arg.position, i64 %arg.frames) {
entry:
  %.58 = load double, ptr %arg.state, align 8
  %.63 = getelementptr i8, ptr %arg.state, i64 8
  %0 = load <2 x double>, ptr %.63, align 8
  %.75 = sitofp i64 %arg.voices to double
  %.79 = fdiv double 1.000000e+00, %.75
  %.165224.not = icmp slt i64 %arg.frames, 1
  %1 = extractelement <2 x double> %0, i64 0
  %2 = extractelement <2 x double> %0, i64 1
  br i1 %.165224.not, label %B1232, label %B94.if.preheader

B94.if.preheader:                                 ; preds = %entry
  %3 = icmp slt i64 %arg.voices, 1
  %factor.op.mul4 = shl i64 %arg.spread_stride, 3
  %factor.op.mul = shl i64 %arg.delay_stride, 3
  %factor.op.mul5 = shl i64 %arg.depth_stride, 3
  %.753.us = fmul double %.79, 0.000000e+00
  br i1 %3, label %B94.if.us.preheader, label %B94.if.preheader9

B94.if.preheader9:                                ; preds = %B94.if.preheader
  %invariant.gep.1 = getelementptr i8, ptr %arg.line, i64 4
  br label %B94.if

B94.if.us.preheader:                              ; preds = %B94.if.preheader
  %.214.us.peel = and i64 %arg.position, %arg.mask
  %.224.us.peel = load double, ptr %arg.feedback, align 8
  %.268.idx.us.peel = shl i64 %.214.us.peel, 3
  %.268.us.peel = getelementptr i8, ptr %arg.line, i64 %.268.idx.us.peel
  %4 = load <2 x double>, ptr %arg.x, align 8
  %5 = insertelement <2 x double> poison, double %.224.us.peel, i64 0
  %6 = shufflevector <2 x double> %5, <2 x double> poison, <2 x i32> zeroinitializer
  %7 = fmul <2 x double> %0, %6
  %8 = fadd <2 x double> %4, %7
  %9 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %8)
  %10 = fcmp ogt <2 x double> %9, splat (double 0x3BC79CA10C924223)
  %11 = select <2 x i1> %10, <2 x double> %8, <2 x double> zeroinitializer
  %12 = fptrunc <2 x double> %11 to <2 x float>
  store <2 x float> %12, ptr %.268.us.peel, align 4
  store double %.753.us, ptr %arg.out, align 8
  %.804.us.us.1.peel = getelementptr i8, ptr %arg.out, i64 8
  store double %.753.us, ptr %.804.us.us.1.peel, align 8
  %.832.us.peel = load double, ptr %arg.step, align 8
  %.834.us.peel = fadd double %.58, %.832.us.peel
  %.5.i.us.peel = fptosi double %.834.us.peel to i64
  %.859.us.peel = sitofp i64 %.5.i.us.peel to double
  %.860.us.peel = fsub double %.834.us.peel, %.859.us.peel
  %exitcond266.not.us.peel = icmp eq i64 %arg.frames, 1
  br i1 %exitcond266.not.us.peel, label %B1232, label %B94.if.us

B94.if.us:                                        ; preds = %B94.if.us.preheader, %B94.if.us
  %phase.3.0229.us = phi double [ %.860.us, %B94.if.us ], [ %.860.us.peel, %B94.if.us.preheader ]
  %.171211227.us = phi i64 [ %.178.us, %B94.if.us ], [ 1, %B94.if.us.preheader ]
  %.208.us = add nsw i64 %.171211227.us, %arg.position
  %.214.us = and i64 %.208.us, %arg.mask
  %.221.us = mul nsw i64 %.171211227.us, %arg.feedback_stride
  %.223.us = getelementptr double, ptr %arg.feedback, i64 %.221.us
  %.224.us = load double, ptr %.223.us, align 8
  %.226.us = shl nsw i64 %.171211227.us, 1
  %.228.us = getelementptr double, ptr %arg.x, i64 %.226.us
  %.231.us = fmul double %.753.us, %.224.us
  %.268.idx.us = shl i64 %.214.us, 3
  %.268.us = getelementptr i8, ptr %arg.line, i64 %.268.idx.us
  %13 = load <2 x double>, ptr %.228.us, align 8
  %14 = insertelement <2 x double> poison, double %.231.us, i64 0
  %15 = shufflevector <2 x double> %14, <2 x double> poison, <2 x i32> zeroinitializer
  %16 = fadd <2 x double> %13, %15
  %17 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %16)
  %18 = fcmp ogt <2 x double> %17, splat (double 0x3BC79CA10C924223)
  %19 = select <2 x i1> %18, <2 x double> %16, <2 x double> zeroinitializer
  %20 = fptrunc <2 x double> %19 to <2 x float>
  store <2 x float> %20, ptr %.268.us, align 4
  %21 = getelementptr double, ptr %arg.out, i64 %.226.us
  store double %.753.us, ptr %21, align 8
  %.804.us.us.1 = getelementptr i8, ptr %21, i64 8
  store double %.753.us, ptr %.804.us.us.1, align 8
  %.178.us = add nsw i64 %.171211227.us, 1
  %.827.us = mul nsw i64 %.171211227.us, %arg.step_stride
  %.831.us = getelementptr double, ptr %arg.step, i64 %.827.us
  %.832.us = load double, ptr %.831.us, align 8
  %.834.us = fadd double %phase.3.0229.us, %.832.us
  %.5.i.us = fptosi double %.834.us to i64
  %.859.us = sitofp i64 %.5.i.us to double
  %.860.us = fsub double %.834.us, %.859.us
  %exitcond266.not.us = icmp eq i64 %.178.us, %arg.frames
  br i1 %exitcond266.not.us, label %B1232, label %B94.if.us

B656:                                             ; preds = %B402.if
  %.654 = sub i64 %.653, %.5.i8
  %.656 = and i64 %.654, %arg.mask
  %.idx = shl i64 %.656, 3
  %gep = getelementptr i8, ptr %arg.line, i64 %.idx
  %.662 = load float, ptr %gep, align 4
  %.663 = fpext float %.662 to double
  br label %B736

B736:                                             ; preds = %B402.if, %B656
  %"$phi736.3.2.3" = phi double [ %.663, %B656 ], [ 0.000000e+00, %B402.if ]
  %.677 = sub nsw i64 %.208, %.5.i8
  %.679 = and i64 %.677, %arg.mask
  %.idx153 = shl i64 %.679, 3
  %gep173 = getelementptr i8, ptr %arg.line, i64 %.idx153
  %.685 = load float, ptr %gep173, align 4
  %.686 = fpext float %.685 to double
  %.691 = add i64 %.677, 2305843009213693951
  %.693 = and i64 %.691, %arg.mask
  %.idx154 = shl i64 %.693, 3
  %gep175 = getelementptr i8, ptr %arg.line, i64 %.idx154
  %.699 = load float, ptr %gep175, align 4
  %.700 = fpext float %.699 to double
  %.707 = add i64 %.677, 2305843009213693950
  %.709 = and i64 %.707, %arg.mask
  %.idx155 = shl i64 %.709, 3
  %gep177 = getelementptr i8, ptr %arg.line, i64 %.idx155
  %.715 = load float, ptr %gep177, align 4
  %.716 = fpext float %.715 to double
  %.718 = fsub double %.700, %"$phi736.3.2.3"
  %.719 = fmul double %.718, 5.000000e-01
  %.720 = fmul double %.686, 2.500000e+00
  %.721 = fsub double %"$phi736.3.2.3", %.720
  %.722 = fmul double %.700, 2.000000e+00
  %.723 = fadd double %.721, %.722
  %.724 = fmul double %.716, 5.000000e-01
  %.725 = fsub double %.723, %.724
  %.726 = fsub double %.716, %"$phi736.3.2.3"
  %.727 = fmul double %.726, 5.000000e-01
  %.728 = fsub double %.686, %.700
  %.729 = fmul double %.728, 1.500000e+00
  %.730 = fadd double %.729, %.727
  %.732 = fmul double %.644, %.730
  %.733 = fadd double %.725, %.732
  %.735 = fmul double %.644, %.733
  %.736 = fadd double %.719, %.735
  %.738 = fmul double %.644, %.736
  %.741 = fadd double %.738, %.686
  %.743 = fadd double %total.3.2185, %.741
  %exitcond.not = icmp eq i64 %arg.voices, %.529
  br i1 %exitcond.not, label %B1106.loopexit, label %B402.if

B1106.loopexit:                                   ; preds = %B736
  %.753 = fmul double %.79, %.743
  store double %.753, ptr %34, align 8
  br label %B402.if.1

B402.if.1:                                        ; preds = %B736.1, %B1106.loopexit
  %total.3.2185.1 = phi double [ 0.000000e+00, %B1106.loopexit ], [ %.743.1, %B736.1 ]
  %.522180183.1 = phi i64 [ 0, %B1106.loopexit ], [ %.529.1, %B736.1 ]
  %.529.1 = add nsw i64 %.522180183.1, 1
  %.555.1 = uitofp i64 %.522180183.1 to double
  %.556.1 = fmul double %.79, %.555.1
  %.558.1 = fadd double %phase.3.0229, %.556.1
  %.568.1 = fadd double %.564, %.558.1
  %.5.i7.1 = fptosi double %.568.1 to i64
  %.593.1 = sitofp i64 %.5.i7.1 to double
  %.594.1 = fsub double %.568.1, %.593.1
  %.595.1 = fmul double %.594.1, 2.000000e+00
  %.596.1 = fadd double %.595.1, -1.000000e+00
  %.597.1 = fmul double %.596.1, 4.000000e+00
  %.598.1 = tail call double @llvm.fabs.f64(double %.596.1)
  %.599.1 = fsub double 1.000000e+00, %.598.1
  %.600.1 = fmul double %.597.1, %.599.1
  %.613.1 = fmul double %.612, %.600.1
  %.614.1 = fadd double %.606, %.613.1
  %.5.i8.1 = fptosi double %.614.1 to i64
  %.643.1 = sitofp i64 %.5.i8.1 to double
  %.644.1 = fsub double %.614.1, %.643.1
  %.649.1 = icmp sgt i64 %.5.i8.1, 0
  br i1 %.649.1, label %B656.1, label %B736.1

B656.1:                                           ; preds = %B402.if.1
  %.654.1 = sub i64 %.653, %.5.i8.1
  %.656.1 = and i64 %.654.1, %arg.mask
  %.idx.1 = shl i64 %.656.1, 3
  %gep.1 = getelementptr i8, ptr %invariant.gep.1, i64 %.idx.1
  %.662.1 = load float, ptr %gep.1, align 4
  %.663.1 = fpext float %.662.1 to double
  br label %B736.1

B736.1:                                           ; preds = %B656.1, %B402.if.1
  %"$phi736.3.2.3.1" = phi double [ %.663.1, %B656.1 ], [ 0.000000e+00, %B402.if.1 ]
  %.677.1 = sub nsw i64 %.208, %.5.i8.1
  %.679.1 = and i64 %.677.1, %arg.mask
  %.idx153.1 = shl i64 %.679.1, 3
  %gep173.1 = getelementptr i8, ptr %invariant.gep.1, i64 %.idx153.1
  %.685.1 = load float, ptr %gep173.1, align 4
  %.686.1 = fpext float %.685.1 to double
  %.691.1 = add i64 %.677.1, 2305843009213693951
  %.693.1 = and i64 %.691.1, %arg.mask
  %.idx154.1 = shl i64 %.693.1, 3
  %gep175.1 = getelementptr i8, ptr %invariant.gep.1, i64 %.idx154.1
  %.699.1 = load float, ptr %gep175.1, align 4
  %.700.1 = fpext float %.699.1 to double
  %.707.1 = add i64 %.677.1, 2305843009213693950
  %.709.1 = and i64 %.707.1, %arg.mask
  %.idx155.1 = shl i64 %.709.1, 3
  %gep177.1 = getelementptr i8, ptr %invariant.gep.1, i64 %.idx155.1
  %.715.1 = load float, ptr %gep177.1, align 4
  %.716.1 = fpext float %.715.1 to double
  %.718.1 = fsub double %.700.1, %"$phi736.3.2.3.1"
  %.719.1 = fmul double %.718.1, 5.000000e-01
  %.720.1 = fmul double %.686.1, 2.500000e+00
  %.721.1 = fsub double %"$phi736.3.2.3.1", %.720.1
  %.722.1 = fmul double %.700.1, 2.000000e+00
  %.723.1 = fadd double %.721.1, %.722.1
  %.724.1 = fmul double %.716.1, 5.000000e-01
  %.725.1 = fsub double %.723.1, %.724.1
  %.726.1 = fsub double %.716.1, %"$phi736.3.2.3.1"
  %.727.1 = fmul double %.726.1, 5.000000e-01
  %.728.1 = fsub double %.686.1, %.700.1
  %.729.1 = fmul double %.728.1, 1.500000e+00
  %.730.1 = fadd double %.729.1, %.727.1
  %.732.1 = fmul double %.644.1, %.730.1
  %.733.1 = fadd double %.725.1, %.732.1
  %.735.1 = fmul double %.644.1, %.733.1
  %.736.1 = fadd double %.719.1, %.735.1
  %.738.1 = fmul double %.644.1, %.736.1
  %.741.1 = fadd double %.738.1, %.686.1
  %.743.1 = fadd double %total.3.2185.1, %.741.1
  %exitcond.not.1 = icmp eq i64 %arg.voices, %.529.1
  br i1 %exitcond.not.1, label %B1106.loopexit.1, label %B402.if.1

B1106.loopexit.1:                                 ; preds = %B736.1
  %.753.1 = fmul double %.79, %.743.1
  %.804.1 = getelementptr i8, ptr %34, i64 8
  store double %.753.1, ptr %.804.1, align 8
  %.178 = add nsw i64 %.171211227, 1
  %.827 = mul nsw i64 %.171211227, %arg.step_stride
  %.831 = getelementptr double, ptr %arg.step, i64 %.827
  %.832 = load double, ptr %.831, align 8
  %.834 = fadd double %phase.3.0229, %.832
  %.5.i = fptosi double %.834 to i64
  %.859 = sitofp i64 %.5.i to double
  %.860 = fsub double %.834, %.859
  %exitcond266.not = icmp eq i64 %.178, %arg.frames
  %22 = insertelement <2 x double> poison, double %.753, i64 0
  %23 = insertelement <2 x double> %22, double %.753.1, i64 1
  br i1 %exitcond266.not, label %B1232, label %B94.if

B1232:                                            ; preds = %B1106.loopexit.1, %B94.if.us, %B94.if.us.preheader, %entry
  %phase.3.0.lcssa = phi double [ %.58, %entry ], [ %.860.us, %B94.if.us ], [ %.860.us.peel, %B94.if.us.preheader ], [ %.860, %B1106.loopexit.1 ]
  %back_left.2.0.lcssa = phi double [ %1, %entry ], [ %.753.us, %B94.if.us ], [ %.753.us, %B94.if.us.preheader ], [ %.753, %B1106.loopexit.1 ]
  %back_right.2.0.lcssa = phi double [ %2, %entry ], [ %.753.us, %B94.if.us ], [ %.753.us, %B94.if.us.preheader ], [ %.753.1, %B1106.loopexit.1 ]
  %.69 = getelementptr i8, ptr %arg.state, i64 16
  store double %phase.3.0.lcssa, ptr %arg.state, align 8
  store double %back_left.2.0.lcssa, ptr %.63, align 8
  store double %back_right.2.0.lcssa, ptr %.69, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B94.if:                                           ; preds = %B94.if.preheader9, %B1106.loopexit.1
  %phase.3.0229 = phi double [ %.860, %B1106.loopexit.1 ], [ %.58, %B94.if.preheader9 ]
  %.171211227 = phi i64 [ %.178, %B1106.loopexit.1 ], [ 0, %B94.if.preheader9 ]
  %24 = phi <2 x double> [ %23, %B1106.loopexit.1 ], [ %0, %B94.if.preheader9 ]
  %.208 = add nsw i64 %.171211227, %arg.position
  %.214 = and i64 %.208, %arg.mask
  %.221 = mul nsw i64 %.171211227, %arg.feedback_stride
  %.223 = getelementptr double, ptr %arg.feedback, i64 %.221
  %.224 = load double, ptr %.223, align 8
  %.226 = shl nsw i64 %.171211227, 1
  %.228 = getelementptr double, ptr %arg.x, i64 %.226
  %.268.idx = shl i64 %.214, 3
  %.268 = getelementptr i8, ptr %arg.line, i64 %.268.idx
  %25 = load <2 x double>, ptr %.228, align 8
  %26 = insertelement <2 x double> poison, double %.224, i64 0
  %27 = shufflevector <2 x double> %26, <2 x double> poison, <2 x i32> zeroinitializer
  %28 = fmul <2 x double> %24, %27
  %29 = fadd <2 x double> %25, %28
  %30 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %29)
  %31 = fcmp ogt <2 x double> %30, splat (double 0x3BC79CA10C924223)
  %32 = select <2 x i1> %31, <2 x double> %29, <2 x double> zeroinitializer
  %33 = fptrunc <2 x double> %32 to <2 x float>
  store <2 x float> %33, ptr %.268, align 4
  %.653 = add i64 %.208, 1
  %34 = getelementptr double, ptr %arg.out, i64 %.226
  %factor.op.mul.reass = mul i64 %factor.op.mul4, %.171211227
  %factor.op.mul1.reass = mul i64 %factor.op.mul, %.171211227
  %factor.op.mul2.reass = mul i64 %factor.op.mul5, %.171211227
  %sunkaddr11 = getelementptr i8, ptr %arg.spread, i64 %factor.op.mul.reass
  %sunkaddr13 = getelementptr i8, ptr %arg.delay, i64 %factor.op.mul1.reass
  %sunkaddr15 = getelementptr i8, ptr %arg.depth, i64 %factor.op.mul2.reass
  %.564 = load double, ptr %sunkaddr11, align 8
  %.606 = load double, ptr %sunkaddr13, align 8
  %.612 = load double, ptr %sunkaddr15, align 8
  %.567 = fmul double %.564, 0.000000e+00
  br label %B402.if

B402.if:                                          ; preds = %B94.if, %B736
  %total.3.2185 = phi double [ 0.000000e+00, %B94.if ], [ %.743, %B736 ]
  %.522180183 = phi i64 [ 0, %B94.if ], [ %.529, %B736 ]
  %.529 = add nsw i64 %.522180183, 1
  %.555 = uitofp i64 %.522180183 to double
  %.556 = fmul double %.79, %.555
  %.558 = fadd double %phase.3.0229, %.556
  %.568 = fadd double %.567, %.558
  %.5.i7 = fptosi double %.568 to i64
  %.593 = sitofp i64 %.5.i7 to double
  %.594 = fsub double %.568, %.593
  %.595 = fmul double %.594, 2.000000e+00
  %.596 = fadd double %.595, -1.000000e+00
  %.597 = fmul double %.596, 4.000000e+00
  %.598 = tail call double @llvm.fabs.f64(double %.596)
  %.599 = fsub double 1.000000e+00, %.598
  %.600 = fmul double %.597, %.599
  %.613 = fmul double %.612, %.600
  %.614 = fadd double %.606, %.613
  %.5.i8 = fptosi double %.614 to i64
  %.643 = sitofp i64 %.5.i8 to double
  %.644 = fsub double %.614, %.643
  %.649 = icmp sgt i64 %.5.i8, 0
  br i1 %.649, label %B656, label %B736
}

declare double @llvm.fabs.f64(double)

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)


