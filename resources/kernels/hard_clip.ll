; 133ead9c377a1352a4ff8294044de37b8f33a93d6ccdc83a8cccf2817ab07118

define i32 @hard_clip(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.last, i64 %arg.count) {
entry:
  %.13 = load double, ptr %arg.last, align 8
  %.9849.not = icmp slt i64 %arg.count, 1
  br i1 %.9849.not, label %B2598, label %B50.if.preheader

B50.if.preheader:                                 ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.count, 4
  br i1 %min.iters.check, label %B50.if.preheader6, label %vector.ph

vector.ph:                                        ; preds = %B50.if.preheader
  %n.vec = and i64 %arg.count, 9223372036854775804
  %vector.recur.init = insertelement <4 x double> poison, double %.13, i64 3
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %index = phi i64 [ 0, %vector.ph ], [ %index.next, %vector.body ]
  %vector.recur = phi <4 x double> [ %vector.recur.init, %vector.ph ], [ %wide.load, %vector.body ]
  %0 = shl i64 %index, 3
  %scevgep7 = getelementptr i8, ptr %arg.x, i64 %0
  %wide.load = load <4 x double>, ptr %scevgep7, align 8
  %1 = shufflevector <4 x double> %vector.recur, <4 x double> %wide.load, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %2 = fsub <4 x double> %wide.load, %1
  %3 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %2)
  %4 = fcmp ogt <4 x double> %3, splat (double 0x3EB0C6F7A0B5ED8D)
  %5 = fadd <4 x double> %wide.load, %1
  %6 = fmul <4 x double> %5, splat (double 5.000000e-01)
  %7 = fcmp olt <4 x double> %6, splat (double 1.000000e+00)
  %8 = select <4 x i1> %7, <4 x double> %6, <4 x double> splat (double 1.000000e+00)
  %9 = fcmp ogt <4 x double> %8, splat (double -1.000000e+00)
  %10 = select <4 x i1> %9, <4 x double> %8, <4 x double> splat (double -1.000000e+00)
  %11 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load)
  %12 = fcmp ole <4 x double> %11, splat (double 1.000000e+00)
  %13 = fmul <4 x double> %wide.load, splat (double 5.000000e-01)
  %14 = fmul <4 x double> %wide.load, %13
  %15 = fadd <4 x double> %11, splat (double -5.000000e-01)
  %16 = select <4 x i1> %12, <4 x double> %14, <4 x double> %15
  %17 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %1)
  %18 = fcmp ole <4 x double> %17, splat (double 1.000000e+00)
  %19 = fmul <4 x double> %1, splat (double 5.000000e-01)
  %20 = fmul <4 x double> %1, %19
  %21 = fadd <4 x double> %17, splat (double -5.000000e-01)
  %22 = select <4 x i1> %18, <4 x double> %20, <4 x double> %21
  %23 = fsub <4 x double> %16, %22
  %24 = fdiv <4 x double> %23, %2
  %predphi = select <4 x i1> %4, <4 x double> %24, <4 x double> %10
  store <4 x double> %predphi, ptr %scevgep7, align 8
  %index.next = add nsw i64 %index, 4
  %25 = icmp eq i64 %n.vec, %index.next
  br i1 %25, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %vector.recur.extract = extractelement <4 x double> %wide.load, i64 3
  %cmp.n = icmp eq i64 %arg.count, %n.vec
  br i1 %cmp.n, label %B2598, label %B50.if.preheader6

B50.if.preheader6:                                ; preds = %middle.block, %B50.if.preheader
  %before.2.052.ph = phi double [ %.13, %B50.if.preheader ], [ %vector.recur.extract, %middle.block ]
  %.1044750.ph = phi i64 [ 0, %B50.if.preheader ], [ %n.vec, %middle.block ]
  %26 = sub nsw i64 %arg.count, %.1044750.ph
  %min.iters.check1 = icmp ult i64 %26, 4
  br i1 %min.iters.check1, label %B50.if.preheader15, label %vector.ph2

vector.ph2:                                       ; preds = %B50.if.preheader6
  %n.mod.vf = and i64 %arg.count, 3
  %n.vec3 = sub i64 %26, %n.mod.vf
  %27 = add i64 %.1044750.ph, %n.vec3
  %vector.recur.init6 = insertelement <4 x double> poison, double %before.2.052.ph, i64 3
  br label %vector.body4

vector.body4:                                     ; preds = %vector.body4, %vector.ph2
  %index5 = phi i64 [ 0, %vector.ph2 ], [ %index.next10, %vector.body4 ]
  %vector.recur7 = phi <4 x double> [ %vector.recur.init6, %vector.ph2 ], [ %wide.load8, %vector.body4 ]
  %offset.idx = add i64 %.1044750.ph, %index5
  %28 = shl i64 %offset.idx, 3
  %29 = getelementptr i8, ptr %arg.x, i64 %28
  %wide.load8 = load <4 x double>, ptr %29, align 8
  %30 = shufflevector <4 x double> %vector.recur7, <4 x double> %wide.load8, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %31 = fsub <4 x double> %wide.load8, %30
  %32 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %31)
  %33 = fcmp ogt <4 x double> %32, splat (double 0x3EB0C6F7A0B5ED8D)
  %34 = fadd <4 x double> %30, %wide.load8
  %35 = fmul <4 x double> %34, splat (double 5.000000e-01)
  %36 = fcmp olt <4 x double> %35, splat (double 1.000000e+00)
  %37 = select <4 x i1> %36, <4 x double> %35, <4 x double> splat (double 1.000000e+00)
  %38 = fcmp ogt <4 x double> %37, splat (double -1.000000e+00)
  %39 = select <4 x i1> %38, <4 x double> %37, <4 x double> splat (double -1.000000e+00)
  %40 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load8)
  %41 = fcmp ole <4 x double> %40, splat (double 1.000000e+00)
  %42 = fmul <4 x double> %wide.load8, splat (double 5.000000e-01)
  %43 = fmul <4 x double> %wide.load8, %42
  %44 = fadd <4 x double> %40, splat (double -5.000000e-01)
  %45 = select <4 x i1> %41, <4 x double> %43, <4 x double> %44
  %46 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %30)
  %47 = fcmp ole <4 x double> %46, splat (double 1.000000e+00)
  %48 = fmul <4 x double> %30, splat (double 5.000000e-01)
  %49 = fmul <4 x double> %30, %48
  %50 = fadd <4 x double> %46, splat (double -5.000000e-01)
  %51 = select <4 x i1> %47, <4 x double> %49, <4 x double> %50
  %52 = fsub <4 x double> %45, %51
  %53 = fdiv <4 x double> %52, %31
  %predphi9 = select <4 x i1> %33, <4 x double> %53, <4 x double> %39
  store <4 x double> %predphi9, ptr %29, align 8
  %index.next10 = add i64 %index5, 4
  %54 = icmp eq i64 %index.next10, %n.vec3
  br i1 %54, label %middle.block11, label %vector.body4

middle.block11:                                   ; preds = %vector.body4
  %vector.recur.extract12 = extractelement <4 x double> %wide.load8, i64 3
  %cmp.n13 = icmp eq i64 %n.mod.vf, 0
  br i1 %cmp.n13, label %B2598, label %B50.if.preheader15

B50.if.preheader15:                               ; preds = %B50.if.preheader6, %middle.block11
  %before.2.052.ph16 = phi double [ %before.2.052.ph, %B50.if.preheader6 ], [ %vector.recur.extract12, %middle.block11 ]
  %.1044750.ph17 = phi i64 [ %.1044750.ph, %B50.if.preheader6 ], [ %27, %middle.block11 ]
  br label %B50.if

B118:                                             ; preds = %B50.if
  %55 = insertelement <2 x double> poison, double %.142, i64 0
  %56 = insertelement <2 x double> %55, double %before.2.052, i64 1
  %57 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %56)
  %58 = fmul <2 x double> %56, splat (double 5.000000e-01)
  %59 = fcmp ole <2 x double> %57, splat (double 1.000000e+00)
  %60 = fmul <2 x double> %56, %58
  %61 = fadd <2 x double> %57, splat (double -5.000000e-01)
  %62 = select <2 x i1> %59, <2 x double> %60, <2 x double> %61
  %shift = shufflevector <2 x double> %62, <2 x double> poison, <2 x i32> <i32 1, i32 poison>
  %foldExtExtBinop = fsub <2 x double> %62, %shift
  %.236 = extractelement <2 x double> %foldExtExtBinop, i64 0
  %.243 = fdiv double %.236, %.148
  br label %B2590

B2574:                                            ; preds = %B50.if
  %.257 = fadd double %before.2.052, %.142
  %.260 = fmul double %.257, 5.000000e-01
  %.10.i = fcmp olt double %.260, 1.000000e+00
  %.11.i = select i1 %.10.i, double %.260, double 1.000000e+00
  %.10.i4 = fcmp ogt double %.11.i, -1.000000e+00
  %.11.i5 = select i1 %.10.i4, double %.11.i, double -1.000000e+00
  br label %B2590

B2590:                                            ; preds = %B2574, %B118
  %storemerge41 = phi double [ %.11.i5, %B2574 ], [ %.243, %B118 ]
  store double %storemerge41, ptr %scevgep, align 8
  %exitcond.not = icmp eq i64 %arg.count, %.111
  br i1 %exitcond.not, label %B2598, label %B50.if

B2598:                                            ; preds = %B2590, %middle.block11, %middle.block, %entry
  %before.2.0.lcssa = phi double [ %.13, %entry ], [ %vector.recur.extract, %middle.block ], [ %vector.recur.extract12, %middle.block11 ], [ %.142, %B2590 ]
  store double %before.2.0.lcssa, ptr %arg.last, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B50.if:                                           ; preds = %B50.if.preheader15, %B2590
  %before.2.052 = phi double [ %.142, %B2590 ], [ %before.2.052.ph16, %B50.if.preheader15 ]
  %.1044750 = phi i64 [ %.111, %B2590 ], [ %.1044750.ph17, %B50.if.preheader15 ]
  %.111 = add nsw i64 %.1044750, 1
  %63 = shl i64 %.1044750, 3
  %scevgep = getelementptr i8, ptr %arg.x, i64 %63
  %.142 = load double, ptr %scevgep, align 8
  %.148 = fsub double %.142, %before.2.052
  %.153 = tail call double @llvm.fabs.f64(double %.148)
  %.154 = fcmp ogt double %.153, 0x3EB0C6F7A0B5ED8D
  br i1 %.154, label %B118, label %B2574
}

declare double @llvm.fabs.f64(double)

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)


