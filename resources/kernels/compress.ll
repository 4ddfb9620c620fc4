; ba451e32f9fe1dbd27a8162265378c3d48b9f129f2e1777a6a0135160824d339

define i32 @compress(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.gain, ptr %arg.exponent, ptr %arg.mix, i64 %arg.stride, i64 %arg.frames) {
entry:
  %.10143.not = icmp slt i64 %arg.frames, 1
  br i1 %.10143.not, label %B236, label %B34.if.preheader

B34.if.preheader:                                 ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.frames, 24
  br i1 %min.iters.check, label %B34.if.preheader17, label %vector.scevcheck

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
  %6 = or i1 %ident.check, %3
  %7 = or i1 %5, %6
  br i1 %7, label %B34.if.preheader17, label %vector.memcheck

vector.memcheck:                                  ; preds = %vector.scevcheck
  %8 = shl nsw i64 %arg.frames, 2
  %scevgep4 = getelementptr i8, ptr %arg.exponent, i64 %8
  %scevgep5 = getelementptr i8, ptr %arg.x, i64 %0
  %scevgep6 = getelementptr i8, ptr %arg.gain, i64 %8
  %9 = shl i64 %arg.frames, 3
  %scevgep7 = getelementptr i8, ptr %arg.mix, i64 %9
  %bound0 = icmp ult ptr %arg.exponent, %scevgep5
  %bound1 = icmp ult ptr %arg.x, %scevgep4
  %found.conflict = and i1 %bound0, %bound1
  %bound08 = icmp ult ptr %arg.gain, %scevgep5
  %bound19 = icmp ult ptr %arg.x, %scevgep6
  %found.conflict10 = and i1 %bound08, %bound19
  %conflict.rdx = or i1 %found.conflict, %found.conflict10
  %bound011 = icmp ult ptr %arg.mix, %scevgep5
  %bound112 = icmp ult ptr %arg.x, %scevgep7
  %found.conflict13 = and i1 %bound011, %bound112
  %conflict.rdx14 = or i1 %found.conflict13, %conflict.rdx
  br i1 %conflict.rdx14, label %B34.if.preheader17, label %vector.ph

vector.ph:                                        ; preds = %vector.memcheck
  %10 = shl nsw i64 %arg.frames, 1
  %11 = and i64 %10, 4611686018427387896
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %lsr.iv60 = phi i64 [ %lsr.iv.next61, %vector.body ], [ 0, %vector.ph ]
  %12 = shl nsw i64 %lsr.iv60, 1
  %scevgep65 = getelementptr i8, ptr %arg.exponent, i64 %12
  %wide.load = load <4 x float>, ptr %scevgep65, align 4
  %13 = fcmp une <4 x float> %wide.load, zeroinitializer
  %scevgep64 = getelementptr i8, ptr %arg.gain, i64 %12
  %wide.masked.load = tail call <4 x float> @llvm.masked.load.v4f32.p0(ptr align 4 %scevgep64, <4 x i1> %13, <4 x float> poison)
  %14 = fpext <4 x float> %wide.masked.load to <4 x double>
  %predphi = select <4 x i1> %13, <4 x double> %14, <4 x double> splat (double 1.000000e+00)
  %15 = shl i64 %lsr.iv60, 2
  %scevgep63 = getelementptr i8, ptr %arg.mix, i64 %15
  %wide.load15 = load <4 x double>, ptr %scevgep63, align 8
  %16 = fmul <4 x double> %wide.load15, %predphi
  %17 = fsub <4 x double> splat (double 1.000000e+00), %wide.load15
  %18 = fadd <4 x double> %17, %16
  %19 = shl i64 %lsr.iv60, 3
  %scevgep62 = getelementptr i8, ptr %arg.x, i64 %19
  %wide.vec = load <8 x double>, ptr %scevgep62, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec16 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %20 = fmul <4 x double> %strided.vec, %18
  %21 = fmul <4 x double> %strided.vec16, %18
  %interleaved.vec = shufflevector <4 x double> %20, <4 x double> %21, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %scevgep62, align 8
  %lsr.iv.next61 = add nsw i64 %lsr.iv60, 8
  %22 = icmp eq i64 %11, %lsr.iv.next61
  br i1 %22, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %n.vec = and i64 %arg.frames, 2305843009213693948
  %cmp.n = icmp eq i64 %arg.frames, %n.vec
  br i1 %cmp.n, label %B236, label %B34.if.preheader17

B34.if.preheader17:                               ; preds = %middle.block, %vector.memcheck, %vector.scevcheck, %B34.if.preheader
  %.1074244.ph = phi i64 [ 0, %vector.memcheck ], [ 0, %vector.scevcheck ], [ 0, %B34.if.preheader ], [ %n.vec, %middle.block ]
  %xtraiter = and i64 %arg.frames, 3
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B34.if.prol.loopexit, label %B34.if.prol.preheader

B34.if.prol.preheader:                            ; preds = %B34.if.preheader17
  %23 = shl i64 %.1074244.ph, 4
  %24 = getelementptr i8, ptr %arg.x, i64 %23
  %25 = shl i64 %arg.stride, 3
  %26 = mul i64 %25, %.1074244.ph
  %scevgep55 = getelementptr i8, ptr %arg.mix, i64 %26
  %27 = shl nsw i64 %.1074244.ph, 2
  %scevgep59 = getelementptr i8, ptr %arg.exponent, i64 %27
  %.145.prol = load float, ptr %scevgep59, align 4
  %.147.prol = fcmp une float %.145.prol, 0.000000e+00
  br i1 %.147.prol, label %B62.prol, label %B106.prol

B62.prol:                                         ; preds = %B34.if.prol.preheader
  %scevgep58 = getelementptr i8, ptr %arg.gain, i64 %27
  %.152.prol = load float, ptr %scevgep58, align 4
  %.153.prol = fpext float %.152.prol to double
  br label %B106.prol

B106.prol:                                        ; preds = %B62.prol, %B34.if.prol.preheader
  %"$phi106.1.2.1.prol" = phi double [ %.153.prol, %B62.prol ], [ 1.000000e+00, %B34.if.prol.preheader ]
  %.169.prol = load double, ptr %scevgep55, align 8
  %.170.prol = fmul double %"$phi106.1.2.1.prol", %.169.prol
  %.171.prol = fsub double 1.000000e+00, %.169.prol
  %.172.prol = fadd double %.170.prol, %.171.prol
  %28 = load <2 x double>, ptr %24, align 8
  %29 = insertelement <2 x double> poison, double %.172.prol, i64 0
  %30 = shufflevector <2 x double> %29, <2 x double> poison, <2 x i32> zeroinitializer
  %31 = fmul <2 x double> %28, %30
  store <2 x double> %31, ptr %24, align 8
  %scevgep57 = getelementptr i8, ptr %scevgep55, i64 %25
  %.114.prol = or i64 %.1074244.ph, 1
  %prol.iter.cmp.not = icmp eq i64 %xtraiter, 1
  br i1 %prol.iter.cmp.not, label %B34.if.prol.loopexit, label %B34.if.prol.1

B34.if.prol.1:                                    ; preds = %B106.prol
  %32 = shl nsw i64 %.114.prol, 2
  %scevgep59.1 = getelementptr i8, ptr %arg.exponent, i64 %32
  %.145.prol.1 = load float, ptr %scevgep59.1, align 4
  %.147.prol.1 = fcmp une float %.145.prol.1, 0.000000e+00
  br i1 %.147.prol.1, label %B62.prol.1, label %B106.prol.1

B62.prol.1:                                       ; preds = %B34.if.prol.1
  %scevgep58.1 = getelementptr i8, ptr %arg.gain, i64 %32
  %.152.prol.1 = load float, ptr %scevgep58.1, align 4
  %.153.prol.1 = fpext float %.152.prol.1 to double
  br label %B106.prol.1

B106.prol.1:                                      ; preds = %B62.prol.1, %B34.if.prol.1
  %"$phi106.1.2.1.prol.1" = phi double [ %.153.prol.1, %B62.prol.1 ], [ 1.000000e+00, %B34.if.prol.1 ]
  %.169.prol.1 = load double, ptr %scevgep57, align 8
  %.170.prol.1 = fmul double %"$phi106.1.2.1.prol.1", %.169.prol.1
  %.171.prol.1 = fsub double 1.000000e+00, %.169.prol.1
  %.172.prol.1 = fadd double %.170.prol.1, %.171.prol.1
  %scevgep53.1 = getelementptr i8, ptr %24, i64 16
  %33 = load <2 x double>, ptr %scevgep53.1, align 8
  %34 = insertelement <2 x double> poison, double %.172.prol.1, i64 0
  %35 = shufflevector <2 x double> %34, <2 x double> poison, <2 x i32> zeroinitializer
  %36 = fmul <2 x double> %33, %35
  store <2 x double> %36, ptr %scevgep53.1, align 8
  %scevgep57.1 = getelementptr i8, ptr %scevgep57, i64 %25
  %.114.prol.1 = or i64 %.1074244.ph, 2
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter, 2
  br i1 %prol.iter.cmp.not.1, label %B34.if.prol.loopexit, label %B34.if.prol.2

B34.if.prol.2:                                    ; preds = %B106.prol.1
  %37 = shl nsw i64 %.114.prol.1, 2
  %scevgep59.2 = getelementptr i8, ptr %arg.exponent, i64 %37
  %.145.prol.2 = load float, ptr %scevgep59.2, align 4
  %.147.prol.2 = fcmp une float %.145.prol.2, 0.000000e+00
  br i1 %.147.prol.2, label %B62.prol.2, label %B106.prol.2

B62.prol.2:                                       ; preds = %B34.if.prol.2
  %scevgep58.2 = getelementptr i8, ptr %arg.gain, i64 %37
  %.152.prol.2 = load float, ptr %scevgep58.2, align 4
  %.153.prol.2 = fpext float %.152.prol.2 to double
  br label %B106.prol.2

B106.prol.2:                                      ; preds = %B62.prol.2, %B34.if.prol.2
  %"$phi106.1.2.1.prol.2" = phi double [ %.153.prol.2, %B62.prol.2 ], [ 1.000000e+00, %B34.if.prol.2 ]
  %.169.prol.2 = load double, ptr %scevgep57.1, align 8
  %.170.prol.2 = fmul double %"$phi106.1.2.1.prol.2", %.169.prol.2
  %.171.prol.2 = fsub double 1.000000e+00, %.169.prol.2
  %.172.prol.2 = fadd double %.170.prol.2, %.171.prol.2
  %scevgep53.2 = getelementptr i8, ptr %24, i64 32
  %38 = load <2 x double>, ptr %scevgep53.2, align 8
  %39 = insertelement <2 x double> poison, double %.172.prol.2, i64 0
  %40 = shufflevector <2 x double> %39, <2 x double> poison, <2 x i32> zeroinitializer
  %41 = fmul <2 x double> %38, %40
  store <2 x double> %41, ptr %scevgep53.2, align 8
  %.114.prol.2 = or i64 %.1074244.ph, 3
  br label %B34.if.prol.loopexit

B34.if.prol.loopexit:                             ; preds = %B106.prol, %B106.prol.1, %B106.prol.2, %B34.if.preheader17
  %.1074244.unr = phi i64 [ %.1074244.ph, %B34.if.preheader17 ], [ %.114.prol, %B106.prol ], [ %.114.prol.1, %B106.prol.1 ], [ %.114.prol.2, %B106.prol.2 ]
  %42 = sub nsw i64 %.1074244.ph, %arg.frames
  %43 = icmp ugt i64 %42, -4
  br i1 %43, label %B236, label %B34.if.preheader18

B34.if.preheader18:                               ; preds = %B34.if.prol.loopexit
  %44 = shl i64 %.1074244.unr, 4
  %45 = getelementptr i8, ptr %arg.x, i64 %44
  %scevgep19 = getelementptr i8, ptr %45, i64 56
  %46 = add nsw i64 %.1074244.unr, 3
  %47 = shl i64 %arg.stride, 5
  %48 = add nsw i64 %.1074244.unr, 2
  %49 = add nsw i64 %.1074244.unr, 1
  %50 = shl i64 %arg.stride, 3
  %sunkaddr67 = mul i64 %50, %.1074244.unr
  %sunkaddr75 = mul i64 %50, %49
  %sunkaddr83 = mul i64 %50, %48
  %sunkaddr91 = mul i64 %50, %46
  br label %B34.if

B62:                                              ; preds = %B34.if
  %sunkaddr66 = getelementptr i8, ptr %arg.gain, i64 %sunkaddr93
  %.152 = load float, ptr %sunkaddr66, align 4
  %.153 = fpext float %.152 to double
  br label %B106

B106:                                             ; preds = %B34.if, %B62
  %"$phi106.1.2.1" = phi double [ %.153, %B62 ], [ 1.000000e+00, %B34.if ]
  %sunkaddr68 = getelementptr i8, ptr %lsr.iv28, i64 %sunkaddr67
  %.169 = load double, ptr %sunkaddr68, align 8
  %.170 = fmul double %"$phi106.1.2.1", %.169
  %.171 = fsub double 1.000000e+00, %.169
  %.172 = fadd double %.170, %.171
  %scevgep24 = getelementptr i8, ptr %lsr.iv, i64 -56
  %51 = load <2 x double>, ptr %scevgep24, align 8
  %52 = insertelement <2 x double> poison, double %.172, i64 0
  %53 = shufflevector <2 x double> %52, <2 x double> poison, <2 x i32> zeroinitializer
  %54 = fmul <2 x double> %51, %53
  store <2 x double> %54, ptr %scevgep24, align 8
  %sunkaddr71 = getelementptr i8, ptr %sunkaddr94, i64 4
  %.145.1 = load float, ptr %sunkaddr71, align 4
  %.147.1 = fcmp une float %.145.1, 0.000000e+00
  br i1 %.147.1, label %B62.1, label %B106.1

B62.1:                                            ; preds = %B106
  %sunkaddr73 = getelementptr i8, ptr %arg.gain, i64 %sunkaddr93
  %sunkaddr74 = getelementptr i8, ptr %sunkaddr73, i64 4
  %.152.1 = load float, ptr %sunkaddr74, align 4
  %.153.1 = fpext float %.152.1 to double
  br label %B106.1

B106.1:                                           ; preds = %B62.1, %B106
  %"$phi106.1.2.1.1" = phi double [ %.153.1, %B62.1 ], [ 1.000000e+00, %B106 ]
  %sunkaddr76 = getelementptr i8, ptr %lsr.iv28, i64 %sunkaddr75
  %.169.1 = load double, ptr %sunkaddr76, align 8
  %.170.1 = fmul double %"$phi106.1.2.1.1", %.169.1
  %.171.1 = fsub double 1.000000e+00, %.169.1
  %.172.1 = fadd double %.170.1, %.171.1
  %scevgep27 = getelementptr i8, ptr %lsr.iv, i64 -40
  %55 = load <2 x double>, ptr %scevgep27, align 8
  %56 = insertelement <2 x double> poison, double %.172.1, i64 0
  %57 = shufflevector <2 x double> %56, <2 x double> poison, <2 x i32> zeroinitializer
  %58 = fmul <2 x double> %55, %57
  store <2 x double> %58, ptr %scevgep27, align 8
  %sunkaddr79 = getelementptr i8, ptr %sunkaddr94, i64 8
  %.145.2 = load float, ptr %sunkaddr79, align 4
  %.147.2 = fcmp une float %.145.2, 0.000000e+00
  br i1 %.147.2, label %B62.2, label %B106.2

B62.2:                                            ; preds = %B106.1
  %sunkaddr81 = getelementptr i8, ptr %arg.gain, i64 %sunkaddr93
  %sunkaddr82 = getelementptr i8, ptr %sunkaddr81, i64 8
  %.152.2 = load float, ptr %sunkaddr82, align 4
  %.153.2 = fpext float %.152.2 to double
  br label %B106.2

B106.2:                                           ; preds = %B62.2, %B106.1
  %"$phi106.1.2.1.2" = phi double [ %.153.2, %B62.2 ], [ 1.000000e+00, %B106.1 ]
  %sunkaddr84 = getelementptr i8, ptr %lsr.iv28, i64 %sunkaddr83
  %.169.2 = load double, ptr %sunkaddr84, align 8
  %.170.2 = fmul double %"$phi106.1.2.1.2", %.169.2
  %.171.2 = fsub double 1.000000e+00, %.169.2
  %.172.2 = fadd double %.170.2, %.171.2
  %scevgep23 = getelementptr i8, ptr %lsr.iv, i64 -24
  %59 = load <2 x double>, ptr %scevgep23, align 8
  %60 = insertelement <2 x double> poison, double %.172.2, i64 0
  %61 = shufflevector <2 x double> %60, <2 x double> poison, <2 x i32> zeroinitializer
  %62 = fmul <2 x double> %59, %61
  store <2 x double> %62, ptr %scevgep23, align 8
  %.114.3 = add nsw i64 %.1074244, 4
  %sunkaddr87 = getelementptr i8, ptr %sunkaddr94, i64 12
  %.145.3 = load float, ptr %sunkaddr87, align 4
  %.147.3 = fcmp une float %.145.3, 0.000000e+00
  br i1 %.147.3, label %B62.3, label %B106.3

B62.3:                                            ; preds = %B106.2
  %sunkaddr89 = getelementptr i8, ptr %arg.gain, i64 %sunkaddr93
  %sunkaddr90 = getelementptr i8, ptr %sunkaddr89, i64 12
  %.152.3 = load float, ptr %sunkaddr90, align 4
  %.153.3 = fpext float %.152.3 to double
  br label %B106.3

B106.3:                                           ; preds = %B62.3, %B106.2
  %"$phi106.1.2.1.3" = phi double [ %.153.3, %B62.3 ], [ 1.000000e+00, %B106.2 ]
  %sunkaddr92 = getelementptr i8, ptr %lsr.iv28, i64 %sunkaddr91
  %.169.3 = load double, ptr %sunkaddr92, align 8
  %.170.3 = fmul double %"$phi106.1.2.1.3", %.169.3
  %.171.3 = fsub double 1.000000e+00, %.169.3
  %.172.3 = fadd double %.170.3, %.171.3
  %scevgep21 = getelementptr i8, ptr %lsr.iv, i64 -8
  %63 = load <2 x double>, ptr %scevgep21, align 8
  %64 = insertelement <2 x double> poison, double %.172.3, i64 0
  %65 = shufflevector <2 x double> %64, <2 x double> poison, <2 x i32> zeroinitializer
  %66 = fmul <2 x double> %63, %65
  store <2 x double> %66, ptr %scevgep21, align 8
  %scevgep20 = getelementptr i8, ptr %lsr.iv, i64 64
  %scevgep29 = getelementptr i8, ptr %lsr.iv28, i64 %47
  %exitcond.not.3 = icmp eq i64 %arg.frames, %.114.3
  br i1 %exitcond.not.3, label %B236, label %B34.if

B236:                                             ; preds = %B106.3, %B34.if.prol.loopexit, %middle.block, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B106.3, %B34.if.preheader18
  %lsr.iv28 = phi ptr [ %arg.mix, %B34.if.preheader18 ], [ %scevgep29, %B106.3 ]
  %lsr.iv = phi ptr [ %scevgep19, %B34.if.preheader18 ], [ %scevgep20, %B106.3 ]
  %.1074244 = phi i64 [ %.1074244.unr, %B34.if.preheader18 ], [ %.114.3, %B106.3 ]
  %sunkaddr93 = shl i64 %.1074244, 2
  %sunkaddr94 = getelementptr i8, ptr %arg.exponent, i64 %sunkaddr93
  %.145 = load float, ptr %sunkaddr94, align 4
  %.147 = fcmp une float %.145, 0.000000e+00
  br i1 %.147, label %B62, label %B106
}

declare <4 x float> @llvm.masked.load.v4f32.p0(ptr, <4 x i1>, <4 x float>)

