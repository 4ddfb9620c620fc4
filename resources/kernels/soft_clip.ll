; a400ee81aada7c79086a4b844e25ade45d53e864d9ff7e9312a7f53b0a3598a4

define i32 @soft_clip(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.last, i64 %arg.count) {
entry:
  %.13 = load double, ptr %arg.last, align 8
  %.10436.not = icmp slt i64 %arg.count, 1
  br i1 %.10436.not, label %B212, label %B102.if.preheader

B102.if.preheader:                                ; preds = %entry
  %.17 = fmul double %.13, %.13
  %.18 = fadd double %.17, 1.000000e+00
  %sqrt = tail call double @llvm.sqrt.f64(double %.18)
  %min.iters.check = icmp ult i64 %arg.count, 4
  %0 = insertelement <2 x double> poison, double %.13, i64 0
  %1 = insertelement <2 x double> %0, double %sqrt, i64 1
  br i1 %min.iters.check, label %B102.if.preheader5, label %vector.ph

vector.ph:                                        ; preds = %B102.if.preheader
  %n.vec = and i64 %arg.count, 9223372036854775804
  %vector.recur.init = insertelement <4 x double> poison, double %sqrt, i64 3
  %vector.recur.init1 = insertelement <4 x double> poison, double %.13, i64 3
  %2 = add nsw i64 %arg.count, -4
  %3 = lshr i64 %2, 2
  %4 = add nsw i64 %3, 1
  %xtraiter = and i64 %4, 1
  %5 = icmp eq i64 %3, 0
  br i1 %5, label %vector.body.epil.preheader, label %vector.ph.new

vector.ph.new:                                    ; preds = %vector.ph
  %unroll_iter = and i64 %4, 9223372036854775806
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph.new
  %index = phi i64 [ 0, %vector.ph.new ], [ %index.next.1, %vector.body ]
  %vector.recur = phi <4 x double> [ %vector.recur.init, %vector.ph.new ], [ %19, %vector.body ]
  %vector.recur2 = phi <4 x double> [ %vector.recur.init1, %vector.ph.new ], [ %wide.load.1, %vector.body ]
  %niter = phi i64 [ 0, %vector.ph.new ], [ %niter.next.1, %vector.body ]
  %6 = shl i64 %index, 3
  %scevgep6 = getelementptr i8, ptr %arg.x, i64 %6
  %wide.load = load <4 x double>, ptr %scevgep6, align 8
  %7 = shufflevector <4 x double> %vector.recur2, <4 x double> %wide.load, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %8 = fmul <4 x double> %wide.load, %wide.load
  %9 = fadd <4 x double> %8, splat (double 1.000000e+00)
  %10 = tail call <4 x double> @llvm.sqrt.v4f64(<4 x double> %9)
  %11 = shufflevector <4 x double> %vector.recur, <4 x double> %10, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %12 = fadd <4 x double> %wide.load, %7
  %13 = fadd <4 x double> %10, %11
  %14 = fdiv <4 x double> %12, %13
  store <4 x double> %14, ptr %scevgep6, align 8
  %index.next = shl i64 %index, 3
  %15 = getelementptr i8, ptr %arg.x, i64 %index.next
  %scevgep6.1 = getelementptr i8, ptr %15, i64 32
  %wide.load.1 = load <4 x double>, ptr %scevgep6.1, align 8
  %16 = shufflevector <4 x double> %wide.load, <4 x double> %wide.load.1, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %17 = fmul <4 x double> %wide.load.1, %wide.load.1
  %18 = fadd <4 x double> %17, splat (double 1.000000e+00)
  %19 = tail call <4 x double> @llvm.sqrt.v4f64(<4 x double> %18)
  %20 = shufflevector <4 x double> %10, <4 x double> %19, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %21 = fadd <4 x double> %wide.load.1, %16
  %22 = fadd <4 x double> %19, %20
  %23 = fdiv <4 x double> %21, %22
  store <4 x double> %23, ptr %scevgep6.1, align 8
  %index.next.1 = add nsw i64 %index, 8
  %niter.next.1 = add i64 %niter, 2
  %niter.ncmp.1 = icmp eq i64 %niter.next.1, %unroll_iter
  br i1 %niter.ncmp.1, label %middle.block.unr-lcssa, label %vector.body

middle.block.unr-lcssa:                           ; preds = %vector.body
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %middle.block, label %vector.body.epil.preheader

vector.body.epil.preheader:                       ; preds = %middle.block.unr-lcssa, %vector.ph
  %index.epil.init = phi i64 [ 0, %vector.ph ], [ %index.next.1, %middle.block.unr-lcssa ]
  %vector.recur.epil.init = phi <4 x double> [ %vector.recur.init, %vector.ph ], [ %19, %middle.block.unr-lcssa ]
  %vector.recur2.epil.init = phi <4 x double> [ %vector.recur.init1, %vector.ph ], [ %wide.load.1, %middle.block.unr-lcssa ]
  %lcmp.mod23 = icmp ne i64 %xtraiter, 0
  tail call void @llvm.assume(i1 %lcmp.mod23)
  %24 = shl i64 %index.epil.init, 3
  %scevgep6.epil = getelementptr i8, ptr %arg.x, i64 %24
  %wide.load.epil = load <4 x double>, ptr %scevgep6.epil, align 8
  %25 = shufflevector <4 x double> %vector.recur2.epil.init, <4 x double> %wide.load.epil, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %26 = fmul <4 x double> %wide.load.epil, %wide.load.epil
  %27 = fadd <4 x double> %26, splat (double 1.000000e+00)
  %28 = tail call <4 x double> @llvm.sqrt.v4f64(<4 x double> %27)
  %29 = shufflevector <4 x double> %vector.recur.epil.init, <4 x double> %28, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %30 = fadd <4 x double> %wide.load.epil, %25
  %31 = fadd <4 x double> %28, %29
  %32 = fdiv <4 x double> %30, %31
  store <4 x double> %32, ptr %scevgep6.epil, align 8
  br label %middle.block

middle.block:                                     ; preds = %middle.block.unr-lcssa, %vector.body.epil.preheader
  %wide.load.lcssa = phi <4 x double> [ %wide.load.1, %middle.block.unr-lcssa ], [ %wide.load.epil, %vector.body.epil.preheader ]
  %.lcssa20 = phi <4 x double> [ %19, %middle.block.unr-lcssa ], [ %28, %vector.body.epil.preheader ]
  %vector.recur.extract3 = extractelement <4 x double> %wide.load.lcssa, i64 3
  %cmp.n = icmp eq i64 %arg.count, %n.vec
  %33 = shufflevector <4 x double> %wide.load.lcssa, <4 x double> %.lcssa20, <2 x i32> <i32 3, i32 7>
  br i1 %cmp.n, label %B212, label %B102.if.preheader5

B102.if.preheader5:                               ; preds = %middle.block, %B102.if.preheader
  %.1103537.ph = phi i64 [ 0, %B102.if.preheader ], [ %n.vec, %middle.block ]
  %34 = phi <2 x double> [ %1, %B102.if.preheader ], [ %33, %middle.block ]
  %35 = sub nsw i64 %arg.count, %.1103537.ph
  %min.iters.check2 = icmp ult i64 %35, 4
  br i1 %min.iters.check2, label %B102.if.preheader18, label %vector.ph3

vector.ph3:                                       ; preds = %B102.if.preheader5
  %n.mod.vf = and i64 %arg.count, 3
  %n.vec4 = sub i64 %35, %n.mod.vf
  %36 = add i64 %.1103537.ph, %n.vec4
  %37 = shufflevector <2 x double> %34, <2 x double> poison, <4 x i32> <i32 poison, i32 poison, i32 poison, i32 1>
  %38 = shufflevector <2 x double> %34, <2 x double> poison, <4 x i32> <i32 poison, i32 poison, i32 poison, i32 0>
  br label %vector.body5

vector.body5:                                     ; preds = %vector.body5, %vector.ph3
  %index6 = phi i64 [ 0, %vector.ph3 ], [ %index.next12, %vector.body5 ]
  %vector.recur8 = phi <4 x double> [ %37, %vector.ph3 ], [ %44, %vector.body5 ]
  %vector.recur10 = phi <4 x double> [ %38, %vector.ph3 ], [ %wide.load11, %vector.body5 ]
  %offset.idx = add i64 %.1103537.ph, %index6
  %39 = shl i64 %offset.idx, 3
  %40 = getelementptr i8, ptr %arg.x, i64 %39
  %wide.load11 = load <4 x double>, ptr %40, align 8
  %41 = shufflevector <4 x double> %vector.recur10, <4 x double> %wide.load11, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %42 = fmul <4 x double> %wide.load11, %wide.load11
  %43 = fadd <4 x double> %42, splat (double 1.000000e+00)
  %44 = tail call <4 x double> @llvm.sqrt.v4f64(<4 x double> %43)
  %45 = shufflevector <4 x double> %vector.recur8, <4 x double> %44, <4 x i32> <i32 3, i32 4, i32 5, i32 6>
  %46 = fadd <4 x double> %41, %wide.load11
  %47 = fadd <4 x double> %45, %44
  %48 = fdiv <4 x double> %46, %47
  store <4 x double> %48, ptr %40, align 8
  %index.next12 = add i64 %index6, 4
  %49 = icmp eq i64 %index.next12, %n.vec4
  br i1 %49, label %middle.block13, label %vector.body5

middle.block13:                                   ; preds = %vector.body5
  %vector.recur.extract15 = extractelement <4 x double> %wide.load11, i64 3
  %cmp.n16 = icmp eq i64 %n.mod.vf, 0
  %50 = shufflevector <4 x double> %wide.load11, <4 x double> %44, <2 x i32> <i32 3, i32 7>
  br i1 %cmp.n16, label %B212, label %B102.if.preheader18

B102.if.preheader18:                              ; preds = %B102.if.preheader5, %middle.block13
  %.1103537.ph19 = phi i64 [ %.1103537.ph, %B102.if.preheader5 ], [ %36, %middle.block13 ]
  %.ph = phi <2 x double> [ %34, %B102.if.preheader5 ], [ %50, %middle.block13 ]
  br label %B102.if

B212:                                             ; preds = %B102.if, %middle.block13, %middle.block, %entry
  %before.2.0.lcssa = phi double [ %.13, %entry ], [ %vector.recur.extract3, %middle.block ], [ %vector.recur.extract15, %middle.block13 ], [ %.144, %B102.if ]
  store double %before.2.0.lcssa, ptr %arg.last, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B102.if:                                          ; preds = %B102.if.preheader18, %B102.if
  %.1103537 = phi i64 [ %.117, %B102.if ], [ %.1103537.ph19, %B102.if.preheader18 ]
  %51 = phi <2 x double> [ %56, %B102.if ], [ %.ph, %B102.if.preheader18 ]
  %.117 = add nsw i64 %.1103537, 1
  %52 = shl i64 %.1103537, 3
  %scevgep = getelementptr i8, ptr %arg.x, i64 %52
  %.144 = load double, ptr %scevgep, align 8
  %.145 = fmul double %.144, %.144
  %.146 = fadd double %.145, 1.000000e+00
  %sqrt1 = tail call double @llvm.sqrt.f64(double %.146)
  %53 = extractelement <2 x double> %51, i64 0
  %.149 = fadd double %53, %.144
  %54 = extractelement <2 x double> %51, i64 1
  %.151 = fadd double %54, %sqrt1
  %.155 = fdiv double %.149, %.151
  store double %.155, ptr %scevgep, align 8
  %exitcond.not = icmp eq i64 %arg.count, %.117
  %55 = insertelement <2 x double> poison, double %.144, i64 0
  %56 = insertelement <2 x double> %55, double %sqrt1, i64 1
  br i1 %exitcond.not, label %B212, label %B102.if
}

declare <4 x double> @llvm.sqrt.v4f64(<4 x double>)

declare double @llvm.sqrt.f64(double)

declare void @llvm.assume(i1)


