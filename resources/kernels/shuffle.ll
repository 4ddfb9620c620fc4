; b26b4a068d4a6ee50d1c00675239de90b17eba7b435fdb37338aaad0014adc41

define i32 @shuffle(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.matrix, i64 %arg.stride, i64 %arg.frames) {
entry:
  %.9537.not = icmp slt i64 %arg.frames, 1
  br i1 %.9537.not, label %B240, label %B34.if.preheader

B34.if.preheader:                                 ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.frames, 20
  br i1 %min.iters.check, label %B34.if.preheader10, label %vector.scevcheck

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
  br i1 %7, label %B34.if.preheader10, label %vector.memcheck

vector.memcheck:                                  ; preds = %vector.scevcheck
  %8 = shl i64 %arg.frames, 3
  %9 = getelementptr i8, ptr %arg.matrix, i64 %8
  %scevgep4 = getelementptr i8, ptr %9, i64 24
  %scevgep5 = getelementptr i8, ptr %arg.x, i64 %0
  %bound0 = icmp ult ptr %arg.matrix, %scevgep5
  %bound1 = icmp ult ptr %arg.x, %scevgep4
  %found.conflict = and i1 %bound0, %bound1
  br i1 %found.conflict, label %B34.if.preheader10, label %vector.ph

vector.ph:                                        ; preds = %vector.memcheck
  %10 = shl nsw i64 %arg.frames, 1
  %11 = and i64 %10, 4611686018427387896
  %scevgep54 = getelementptr i8, ptr %arg.matrix, i64 24
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %lsr.iv55 = phi ptr [ %scevgep56, %vector.body ], [ %scevgep54, %vector.ph ]
  %lsr.iv52 = phi i64 [ %lsr.iv.next53, %vector.body ], [ 0, %vector.ph ]
  %12 = shl i64 %lsr.iv52, 3
  %scevgep60 = getelementptr i8, ptr %arg.x, i64 %12
  %wide.vec = load <8 x double>, ptr %scevgep60, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec6 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %scevgep59 = getelementptr i8, ptr %lsr.iv55, i64 -24
  %wide.load = load <4 x double>, ptr %scevgep59, align 8
  %13 = fmul <4 x double> %strided.vec, %wide.load
  %scevgep58 = getelementptr i8, ptr %lsr.iv55, i64 -16
  %wide.load7 = load <4 x double>, ptr %scevgep58, align 8
  %14 = fmul <4 x double> %strided.vec6, %wide.load7
  %15 = fadd <4 x double> %13, %14
  %scevgep57 = getelementptr i8, ptr %lsr.iv55, i64 -8
  %wide.load8 = load <4 x double>, ptr %scevgep57, align 8
  %16 = fmul <4 x double> %strided.vec, %wide.load8
  %wide.load9 = load <4 x double>, ptr %lsr.iv55, align 8
  %17 = fmul <4 x double> %strided.vec6, %wide.load9
  %18 = fadd <4 x double> %16, %17
  %interleaved.vec = shufflevector <4 x double> %15, <4 x double> %18, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %scevgep60, align 8
  %lsr.iv.next53 = add nsw i64 %lsr.iv52, 8
  %scevgep56 = getelementptr i8, ptr %lsr.iv55, i64 32
  %19 = icmp eq i64 %11, %lsr.iv.next53
  br i1 %19, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %n.vec = and i64 %arg.frames, 2305843009213693948
  %cmp.n = icmp eq i64 %arg.frames, %n.vec
  br i1 %cmp.n, label %B240, label %B34.if.preheader10

B34.if.preheader10:                               ; preds = %middle.block, %vector.memcheck, %vector.scevcheck, %B34.if.preheader
  %.1013638.ph = phi i64 [ 0, %vector.memcheck ], [ 0, %vector.scevcheck ], [ 0, %B34.if.preheader ], [ %n.vec, %middle.block ]
  %xtraiter = and i64 %arg.frames, 3
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B34.if.prol.loopexit, label %B34.if.prol.preheader

B34.if.prol.preheader:                            ; preds = %B34.if.preheader10
  %20 = shl i64 %arg.stride, 3
  %21 = mul i64 %20, %.1013638.ph
  %22 = getelementptr i8, ptr %arg.matrix, i64 %21
  %scevgep44 = getelementptr i8, ptr %22, i64 24
  %23 = shl i64 %.1013638.ph, 4
  %24 = getelementptr i8, ptr %arg.x, i64 %23
  %.146.prol = load double, ptr %22, align 8
  %scevgep48 = getelementptr i8, ptr %22, i64 8
  %.166.prol = load double, ptr %scevgep44, align 8
  %25 = load <2 x double>, ptr %24, align 8
  %26 = shufflevector <2 x double> %25, <2 x double> poison, <2 x i32> <i32 1, i32 0>
  %27 = load <2 x double>, ptr %scevgep48, align 8
  %28 = fmul <2 x double> %26, %27
  %29 = insertelement <2 x double> poison, double %.146.prol, i64 0
  %30 = insertelement <2 x double> %29, double %.166.prol, i64 1
  %31 = fmul <2 x double> %25, %30
  %32 = fadd <2 x double> %28, %31
  store <2 x double> %32, ptr %24, align 8
  %prol.iter.cmp.not = icmp eq i64 %xtraiter, 1
  br i1 %prol.iter.cmp.not, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.1

B34.if.prol.1:                                    ; preds = %B34.if.prol.preheader
  %scevgep46 = getelementptr i8, ptr %scevgep44, i64 %20
  %scevgep43.1 = getelementptr i8, ptr %24, i64 16
  %scevgep49.1 = getelementptr i8, ptr %scevgep46, i64 -24
  %.146.prol.1 = load double, ptr %scevgep49.1, align 8
  %scevgep48.1 = getelementptr i8, ptr %scevgep46, i64 -16
  %.166.prol.1 = load double, ptr %scevgep46, align 8
  %33 = load <2 x double>, ptr %scevgep43.1, align 8
  %34 = shufflevector <2 x double> %33, <2 x double> poison, <2 x i32> <i32 1, i32 0>
  %35 = load <2 x double>, ptr %scevgep48.1, align 8
  %36 = fmul <2 x double> %34, %35
  %37 = insertelement <2 x double> poison, double %.146.prol.1, i64 0
  %38 = insertelement <2 x double> %37, double %.166.prol.1, i64 1
  %39 = fmul <2 x double> %33, %38
  %40 = fadd <2 x double> %36, %39
  store <2 x double> %40, ptr %scevgep43.1, align 8
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter, 2
  br i1 %prol.iter.cmp.not.1, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.2

B34.if.prol.2:                                    ; preds = %B34.if.prol.1
  %scevgep46.1 = getelementptr i8, ptr %scevgep46, i64 %20
  %scevgep43.2 = getelementptr i8, ptr %24, i64 32
  %scevgep49.2 = getelementptr i8, ptr %scevgep46.1, i64 -24
  %.146.prol.2 = load double, ptr %scevgep49.2, align 8
  %scevgep48.2 = getelementptr i8, ptr %scevgep46.1, i64 -16
  %.166.prol.2 = load double, ptr %scevgep46.1, align 8
  %41 = load <2 x double>, ptr %scevgep43.2, align 8
  %42 = shufflevector <2 x double> %41, <2 x double> poison, <2 x i32> <i32 1, i32 0>
  %43 = load <2 x double>, ptr %scevgep48.2, align 8
  %44 = fmul <2 x double> %42, %43
  %45 = insertelement <2 x double> poison, double %.146.prol.2, i64 0
  %46 = insertelement <2 x double> %45, double %.166.prol.2, i64 1
  %47 = fmul <2 x double> %41, %46
  %48 = fadd <2 x double> %44, %47
  store <2 x double> %48, ptr %scevgep43.2, align 8
  br label %B34.if.prol.loopexit.loopexit

B34.if.prol.loopexit.loopexit:                    ; preds = %B34.if.prol.2, %B34.if.prol.1, %B34.if.prol.preheader
  %49 = or i64 %.1013638.ph, %xtraiter
  br label %B34.if.prol.loopexit

B34.if.prol.loopexit:                             ; preds = %B34.if.prol.loopexit.loopexit, %B34.if.preheader10
  %.1013638.unr = phi i64 [ %.1013638.ph, %B34.if.preheader10 ], [ %49, %B34.if.prol.loopexit.loopexit ]
  %50 = sub nsw i64 %.1013638.ph, %arg.frames
  %51 = icmp ugt i64 %50, -4
  br i1 %51, label %B240, label %B34.if.preheader11

B34.if.preheader11:                               ; preds = %B34.if.prol.loopexit
  %52 = sub nsw i64 %arg.frames, %.1013638.unr
  %53 = shl i64 %.1013638.unr, 4
  %54 = getelementptr i8, ptr %arg.x, i64 %53
  %scevgep12 = getelementptr i8, ptr %54, i64 56
  %55 = shl i64 %arg.stride, 3
  %56 = mul i64 %55, %.1013638.unr
  %scevgep22 = getelementptr i8, ptr %arg.matrix, i64 %56
  %57 = shl i64 %arg.stride, 5
  br label %B34.if

B240:                                             ; preds = %B34.if, %B34.if.prol.loopexit, %middle.block, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.if, %B34.if.preheader11
  %lsr.iv23 = phi ptr [ %scevgep22, %B34.if.preheader11 ], [ %scevgep24, %B34.if ]
  %lsr.iv13 = phi ptr [ %scevgep12, %B34.if.preheader11 ], [ %scevgep14, %B34.if ]
  %lsr.iv = phi i64 [ %52, %B34.if.preheader11 ], [ %lsr.iv.next, %B34.if ]
  %scevgep18 = getelementptr i8, ptr %lsr.iv13, i64 -56
  %.146 = load double, ptr %lsr.iv23, align 8
  %scevgep25 = getelementptr i8, ptr %lsr.iv23, i64 8
  %scevgep27 = getelementptr i8, ptr %lsr.iv23, i64 24
  %.166 = load double, ptr %scevgep27, align 8
  %scevgep28 = getelementptr i8, ptr %lsr.iv23, i64 %55
  %.146.1 = load double, ptr %scevgep28, align 8
  %sunkaddr75 = getelementptr i8, ptr %scevgep28, i64 8
  %sunkaddr81 = getelementptr i8, ptr %scevgep28, i64 24
  %.166.1 = load double, ptr %sunkaddr81, align 8
  %58 = load <2 x double>, ptr %scevgep25, align 8
  %59 = load <4 x double>, ptr %scevgep18, align 8
  %60 = load <2 x double>, ptr %sunkaddr75, align 8
  %61 = insertelement <4 x double> poison, double %.146, i64 0
  %62 = insertelement <4 x double> %61, double %.166, i64 1
  %63 = shufflevector <2 x double> %60, <2 x double> poison, <4 x i32> <i32 1, i32 0, i32 poison, i32 poison>
  %64 = shufflevector <4 x double> %59, <4 x double> poison, <4 x i32> <i32 1, i32 0, i32 3, i32 2>
  %65 = shufflevector <4 x double> %62, <4 x double> %63, <4 x i32> <i32 1, i32 0, i32 5, i32 4>
  %66 = fmul <4 x double> %64, %65
  %67 = insertelement <4 x double> poison, double %.146.1, i64 2
  %68 = insertelement <4 x double> %67, double %.166.1, i64 3
  %69 = shufflevector <2 x double> %58, <2 x double> poison, <4 x i32> <i32 1, i32 0, i32 poison, i32 poison>
  %70 = shufflevector <4 x double> %69, <4 x double> %68, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %71 = fmul <4 x double> %59, %70
  %72 = fadd <4 x double> %66, %71
  %73 = shufflevector <4 x double> %72, <4 x double> poison, <4 x i32> <i32 1, i32 0, i32 2, i32 3>
  store <4 x double> %73, ptr %scevgep18, align 8
  %scevgep16 = getelementptr i8, ptr %lsr.iv13, i64 -24
  %scevgep32 = getelementptr i8, ptr %scevgep28, i64 %55
  %.146.2 = load double, ptr %scevgep32, align 8
  %sunkaddr86 = getelementptr i8, ptr %scevgep32, i64 8
  %sunkaddr92 = getelementptr i8, ptr %scevgep32, i64 24
  %.166.2 = load double, ptr %sunkaddr92, align 8
  %sunkaddr61 = getelementptr i8, ptr %scevgep32, i64 %55
  %.146.3 = load double, ptr %sunkaddr61, align 8
  %sunkaddr64 = getelementptr i8, ptr %sunkaddr61, i64 8
  %sunkaddr70 = getelementptr i8, ptr %sunkaddr61, i64 24
  %.166.3 = load double, ptr %sunkaddr70, align 8
  %74 = load <2 x double>, ptr %sunkaddr86, align 8
  %75 = load <4 x double>, ptr %scevgep16, align 8
  %76 = load <2 x double>, ptr %sunkaddr64, align 8
  %77 = insertelement <4 x double> poison, double %.146.2, i64 0
  %78 = insertelement <4 x double> %77, double %.166.2, i64 1
  %79 = shufflevector <2 x double> %76, <2 x double> poison, <4 x i32> <i32 1, i32 0, i32 poison, i32 poison>
  %80 = shufflevector <4 x double> %75, <4 x double> poison, <4 x i32> <i32 1, i32 0, i32 3, i32 2>
  %81 = shufflevector <4 x double> %78, <4 x double> %79, <4 x i32> <i32 1, i32 0, i32 5, i32 4>
  %82 = fmul <4 x double> %80, %81
  %83 = insertelement <4 x double> poison, double %.146.3, i64 2
  %84 = insertelement <4 x double> %83, double %.166.3, i64 3
  %85 = shufflevector <2 x double> %74, <2 x double> poison, <4 x i32> <i32 1, i32 0, i32 poison, i32 poison>
  %86 = shufflevector <4 x double> %85, <4 x double> %84, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %87 = fmul <4 x double> %75, %86
  %88 = fadd <4 x double> %82, %87
  %89 = shufflevector <4 x double> %88, <4 x double> poison, <4 x i32> <i32 1, i32 0, i32 2, i32 3>
  store <4 x double> %89, ptr %scevgep16, align 8
  %lsr.iv.next = add i64 %lsr.iv, -4
  %scevgep14 = getelementptr i8, ptr %lsr.iv13, i64 64
  %scevgep24 = getelementptr i8, ptr %lsr.iv23, i64 %57
  %exitcond.not.3 = icmp eq i64 %lsr.iv.next, 0
  br i1 %exitcond.not.3, label %B240, label %B34.if
}

