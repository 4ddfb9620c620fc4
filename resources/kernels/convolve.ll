; a6aa9e757242be42060b7603db904efecb3cd87497105c69aa54e7a946e4f4a3

define i32 @convolve(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.taps, i64 %arg.count, ptr %arg.out, i64 %arg.frames) {
entry:
  %.57 = icmp sgt i64 %arg.frames, 0
  br i1 %.57, label %B34.if.preheader, label %B50

B34.if.preheader:                                 ; preds = %entry
  %0 = shl i64 %arg.frames, 3
  tail call void @llvm.memset.p0.i64(ptr align 8 %arg.out, i8 0, i64 %0, i1 false)
  br label %B50

B50:                                              ; preds = %B34.if.preheader, %entry
  %1 = add i64 %arg.count, 7
  %.246 = lshr i64 %1, 3
  %.225.inv = icmp slt i64 %arg.count, 1
  %.267148.not155 = icmp eq i64 %.246, 0
  %.267148.not = select i1 %.225.inv, i1 true, i1 %.267148.not155
  br i1 %.267148.not, label %B649, label %B89.if.lr.ph

B89.if.lr.ph:                                     ; preds = %B50
  %.380 = add nsw i64 %arg.count, -8
  %unroll_iter = and i64 %arg.frames, 9223372036854775806
  %2 = icmp slt i64 %arg.frames, 1
  %3 = and i64 %arg.frames, 1
  %4 = icmp eq i64 %3, 0
  br i1 %2, label %B649, label %B89.if.lr.ph.split

B89.if.lr.ph.split:                               ; preds = %B89.if.lr.ph
  %5 = icmp eq i64 %arg.frames, 1
  br i1 %5, label %B89.if.lr.ph.split.split.us, label %B89.if.preheader

B89.if.preheader:                                 ; preds = %B89.if.lr.ph.split
  %6 = shl i64 %arg.count, 3
  %scevgep8 = getelementptr i8, ptr %arg.x, i64 %6
  %.506.epil = getelementptr double, ptr %arg.out, i64 %unroll_iter
  %invariant.gep = getelementptr double, ptr %arg.x, i64 %unroll_iter
  %7 = add nsw i64 %arg.frames, -2
  %8 = lshr i64 %7, 1
  %scevgep = getelementptr i8, ptr %arg.out, i64 8
  %9 = add nsw i64 %arg.frames, -2
  %10 = lshr i64 %9, 1
  %11 = add i64 %10, 1
  %min.iters.check = icmp ult i64 %9, 14
  %mul.result = shl i64 %8, 4
  %12 = getelementptr i8, ptr %arg.out, i64 %mul.result
  %13 = icmp ult ptr %12, %arg.out
  %mul.result30 = shl i64 %8, 4
  %mul.overflow31 = icmp ugt i64 %7, 2305843009213693951
  %14 = getelementptr i8, ptr %scevgep, i64 %mul.result30
  %15 = icmp ult ptr %14, %scevgep
  %16 = or i1 %15, %mul.overflow31
  %17 = or i1 %13, %16
  %n.vec = and i64 %11, -4
  %18 = shl i64 %n.vec, 1
  %cmp.n = icmp eq i64 %11, %n.vec
  br label %B89.if

B89.if.lr.ph.split.split.us:                      ; preds = %B89.if.lr.ph.split
  %arg.out.promoted = load double, ptr %arg.out, align 8
  br label %B89.if.us2

B89.if.us2:                                       ; preds = %B89.if.us2, %B89.if.lr.ph.split.split.us
  %.507.epil.us27 = phi double [ %arg.out.promoted, %B89.if.lr.ph.split.split.us ], [ %.562.epil.us, %B89.if.us2 ]
  %.266142150.us4 = phi i64 [ %.246, %B89.if.lr.ph.split.split.us ], [ %.276.us6, %B89.if.us2 ]
  %.273143149.us5 = phi i64 [ 0, %B89.if.lr.ph.split.split.us ], [ %.280.us7, %B89.if.us2 ]
  %.276.us6 = add nsw i64 %.266142150.us4, -1
  %.280.us7 = add i64 %.273143149.us5, 8
  %.310.us8 = getelementptr double, ptr %arg.taps, i64 %.273143149.us5
  %.381.us = sub i64 %.380, %.273143149.us5
  %19 = getelementptr double, ptr %arg.x, i64 %.381.us
  %20 = load <8 x double>, ptr %.310.us8, align 8
  %21 = load <8 x double>, ptr %19, align 8
  %22 = shufflevector <8 x double> %20, <8 x double> poison, <2 x i32> <i32 0, i32 4>
  %23 = shufflevector <8 x double> %21, <8 x double> poison, <2 x i32> <i32 7, i32 3>
  %24 = fmul <2 x double> %22, %23
  %25 = shufflevector <8 x double> %20, <8 x double> poison, <2 x i32> <i32 1, i32 5>
  %26 = shufflevector <8 x double> %21, <8 x double> poison, <2 x i32> <i32 6, i32 2>
  %27 = fmul <2 x double> %25, %26
  %28 = fadd <2 x double> %24, %27
  %29 = shufflevector <8 x double> %20, <8 x double> poison, <2 x i32> <i32 2, i32 6>
  %30 = shufflevector <8 x double> %21, <8 x double> poison, <2 x i32> <i32 5, i32 1>
  %31 = fmul <2 x double> %29, %30
  %32 = shufflevector <8 x double> %20, <8 x double> poison, <2 x i32> <i32 3, i32 7>
  %33 = shufflevector <8 x double> %21, <8 x double> poison, <2 x i32> <i32 4, i32 0>
  %34 = fmul <2 x double> %32, %33
  %35 = fadd <2 x double> %31, %34
  %36 = fadd <2 x double> %28, %35
  %shift = shufflevector <2 x double> %36, <2 x double> poison, <2 x i32> <i32 1, i32 poison>
  %foldExtExtBinop = fadd <2 x double> %36, %shift
  %.561.epil.us = extractelement <2 x double> %foldExtExtBinop, i64 0
  %.562.epil.us = fadd double %.507.epil.us27, %.561.epil.us
  %.267.us26 = icmp ugt i64 %.266142150.us4, 1
  br i1 %.267.us26, label %B89.if.us2, label %B649.loopexit.split.split.us

B649.loopexit.split.split.us:                     ; preds = %B89.if.us2
  store double %.562.epil.us, ptr %arg.out, align 8
  br label %B649

B89.loopexit.loopexit.unr-lcssa:                  ; preds = %B369.if, %middle.block
  %.276 = add nsw i64 %.266142150, -1
  %.280 = add i64 %.273143149, 8
  br i1 %4, label %B89.loopexit, label %B369.if.epil.preheader

B369.if.epil.preheader:                           ; preds = %B89.loopexit.loopexit.unr-lcssa
  %.381 = sub i64 %.380, %.273143149
  %.507.epil = load double, ptr %.506.epil, align 8
  %gep = getelementptr double, ptr %invariant.gep, i64 %.381
  %37 = load <8 x double>, ptr %gep, align 8
  %38 = shufflevector <8 x double> %53, <8 x double> poison, <2 x i32> <i32 0, i32 4>
  %39 = shufflevector <8 x double> %37, <8 x double> poison, <2 x i32> <i32 7, i32 3>
  %40 = fmul <2 x double> %38, %39
  %41 = shufflevector <8 x double> %53, <8 x double> poison, <2 x i32> <i32 1, i32 5>
  %42 = shufflevector <8 x double> %37, <8 x double> poison, <2 x i32> <i32 6, i32 2>
  %43 = fmul <2 x double> %41, %42
  %44 = fadd <2 x double> %40, %43
  %45 = shufflevector <8 x double> %53, <8 x double> poison, <2 x i32> <i32 2, i32 6>
  %46 = shufflevector <8 x double> %37, <8 x double> poison, <2 x i32> <i32 5, i32 1>
  %47 = fmul <2 x double> %45, %46
  %48 = shufflevector <8 x double> %53, <8 x double> poison, <2 x i32> <i32 3, i32 7>
  %49 = shufflevector <8 x double> %37, <8 x double> poison, <2 x i32> <i32 4, i32 0>
  %50 = fmul <2 x double> %48, %49
  %51 = fadd <2 x double> %47, %50
  %52 = fadd <2 x double> %44, %51
  %shift60 = shufflevector <2 x double> %52, <2 x double> poison, <2 x i32> <i32 1, i32 poison>
  %foldExtExtBinop61 = fadd <2 x double> %52, %shift60
  %.561.epil = extractelement <2 x double> %foldExtExtBinop61, i64 0
  %.562.epil = fadd double %.507.epil, %.561.epil
  store double %.562.epil, ptr %.506.epil, align 8
  br label %B89.loopexit

B89.loopexit:                                     ; preds = %B369.if.epil.preheader, %B89.loopexit.loopexit.unr-lcssa
  %scevgep9 = getelementptr i8, ptr %lsr.iv, i64 -64
  %.267 = icmp ugt i64 %.266142150, 1
  br i1 %.267, label %B89.if, label %B649

B649:                                             ; preds = %B89.loopexit, %B89.if.lr.ph, %B649.loopexit.split.split.us, %B50
  store ptr null, ptr %retptr, align 8
  ret i32 0

B89.if:                                           ; preds = %B89.if.preheader, %B89.loopexit
  %lsr.iv = phi ptr [ %scevgep9, %B89.loopexit ], [ %scevgep8, %B89.if.preheader ]
  %.266142150 = phi i64 [ %.276, %B89.loopexit ], [ %.246, %B89.if.preheader ]
  %.273143149 = phi i64 [ %.280, %B89.loopexit ], [ 0, %B89.if.preheader ]
  %.310 = getelementptr double, ptr %arg.taps, i64 %.273143149
  %.318 = getelementptr i8, ptr %.310, i64 8
  %.336 = getelementptr i8, ptr %.310, i64 24
  %.354 = getelementptr i8, ptr %.310, i64 40
  %.372 = getelementptr i8, ptr %.310, i64 56
  %53 = load <8 x double>, ptr %.310, align 8
  %.373 = load double, ptr %.372, align 8
  %.337 = load double, ptr %.336, align 8
  %54 = load <2 x double>, ptr %.354, align 8
  %55 = load <2 x double>, ptr %.318, align 8
  %brmerge = select i1 %min.iters.check, i1 true, i1 %17
  br i1 %brmerge, label %B369.if.preheader, label %vector.ph

vector.ph:                                        ; preds = %B89.if
  %broadcast.splat = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splat33 = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %broadcast.splat35 = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> <i32 2, i32 2, i32 2, i32 2>
  %broadcast.splat37 = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> <i32 3, i32 3, i32 3, i32 3>
  %broadcast.splat39 = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> <i32 4, i32 4, i32 4, i32 4>
  %broadcast.splat41 = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> <i32 5, i32 5, i32 5, i32 5>
  %broadcast.splat43 = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> <i32 6, i32 6, i32 6, i32 6>
  %broadcast.splat45 = shufflevector <8 x double> %53, <8 x double> poison, <4 x i32> <i32 7, i32 7, i32 7, i32 7>
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %index = phi i64 [ 0, %vector.ph ], [ %index.next, %vector.body ]
  %offset.idx = shl i64 %index, 4
  %56 = shl i64 %index, 4
  %57 = shl i64 %index, 4
  %58 = shl i64 %index, 4
  %59 = getelementptr i8, ptr %arg.out, i64 %56
  %wide.vec = load <8 x double>, ptr %59, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec46 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %60 = getelementptr i8, ptr %lsr.iv, i64 %56
  %61 = getelementptr i8, ptr %lsr.iv, i64 %57
  %62 = getelementptr i8, ptr %lsr.iv, i64 %58
  %63 = getelementptr i8, ptr %lsr.iv, i64 %offset.idx
  %64 = getelementptr i8, ptr %60, i64 -64
  %65 = getelementptr i8, ptr %60, i64 -8
  %wide.vec47 = load <8 x double>, ptr %65, align 8
  %strided.vec48 = shufflevector <8 x double> %wide.vec47, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec49 = shufflevector <8 x double> %wide.vec47, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %66 = fmul <4 x double> %broadcast.splat, %strided.vec48
  %67 = getelementptr i8, ptr %60, i64 -16
  %68 = getelementptr i8, ptr %62, i64 16
  %69 = getelementptr i8, ptr %63, i64 32
  %70 = load double, ptr %67, align 8
  %71 = load double, ptr %61, align 8
  %72 = load double, ptr %68, align 8
  %73 = load double, ptr %69, align 8
  %74 = insertelement <4 x double> poison, double %70, i64 0
  %75 = insertelement <4 x double> %74, double %71, i64 1
  %76 = insertelement <4 x double> %75, double %72, i64 2
  %77 = insertelement <4 x double> %76, double %73, i64 3
  %78 = fmul <4 x double> %broadcast.splat33, %77
  %79 = fadd <4 x double> %66, %78
  %80 = getelementptr i8, ptr %60, i64 -32
  %wide.vec50 = load <8 x double>, ptr %80, align 8
  %strided.vec51 = shufflevector <8 x double> %wide.vec50, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec52 = shufflevector <8 x double> %wide.vec50, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %81 = fmul <4 x double> %broadcast.splat35, %strided.vec52
  %82 = fmul <4 x double> %broadcast.splat37, %strided.vec51
  %83 = fadd <4 x double> %81, %82
  %84 = fadd <4 x double> %79, %83
  %85 = getelementptr i8, ptr %60, i64 -48
  %wide.vec53 = load <8 x double>, ptr %85, align 8
  %strided.vec54 = shufflevector <8 x double> %wide.vec53, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec55 = shufflevector <8 x double> %wide.vec53, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %86 = fmul <4 x double> %broadcast.splat39, %strided.vec55
  %87 = fmul <4 x double> %broadcast.splat41, %strided.vec54
  %88 = fadd <4 x double> %86, %87
  %wide.vec56 = load <8 x double>, ptr %64, align 8
  %strided.vec57 = shufflevector <8 x double> %wide.vec56, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec58 = shufflevector <8 x double> %wide.vec56, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %89 = fmul <4 x double> %broadcast.splat43, %strided.vec58
  %90 = fmul <4 x double> %broadcast.splat45, %strided.vec57
  %91 = fadd <4 x double> %89, %90
  %92 = fadd <4 x double> %88, %91
  %93 = fadd <4 x double> %84, %92
  %94 = fadd <4 x double> %strided.vec, %93
  %95 = fmul <4 x double> %broadcast.splat, %strided.vec49
  %96 = fmul <4 x double> %broadcast.splat33, %strided.vec48
  %97 = fadd <4 x double> %96, %95
  %98 = fmul <4 x double> %broadcast.splat35, %77
  %99 = fmul <4 x double> %broadcast.splat37, %strided.vec52
  %100 = fadd <4 x double> %98, %99
  %101 = fadd <4 x double> %100, %97
  %102 = fmul <4 x double> %broadcast.splat39, %strided.vec51
  %103 = fmul <4 x double> %broadcast.splat41, %strided.vec55
  %104 = fadd <4 x double> %102, %103
  %105 = fmul <4 x double> %broadcast.splat43, %strided.vec54
  %106 = fmul <4 x double> %broadcast.splat45, %strided.vec58
  %107 = fadd <4 x double> %105, %106
  %108 = fadd <4 x double> %104, %107
  %109 = fadd <4 x double> %108, %101
  %110 = fadd <4 x double> %strided.vec46, %109
  %interleaved.vec = shufflevector <4 x double> %94, <4 x double> %110, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %59, align 8
  %index.next = add i64 %index, 4
  %111 = icmp eq i64 %index.next, %n.vec
  br i1 %111, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  br i1 %cmp.n, label %B89.loopexit.loopexit.unr-lcssa, label %B369.if.preheader

B369.if.preheader:                                ; preds = %B89.if, %middle.block
  %.471136138.ph = phi i64 [ %18, %middle.block ], [ 0, %B89.if ]
  %112 = shufflevector <8 x double> %53, <8 x double> poison, <2 x i32> <i32 4, i32 0>
  %113 = insertelement <2 x double> %112, double %.373, i64 0
  %114 = shufflevector <2 x double> %54, <2 x double> %55, <2 x i32> <i32 1, i32 2>
  %115 = shufflevector <2 x double> %54, <2 x double> %55, <2 x i32> <i32 0, i32 3>
  %116 = insertelement <2 x double> %112, double %.337, i64 1
  %117 = shufflevector <8 x double> %53, <8 x double> poison, <2 x i32> <i32 0, i32 4>
  %118 = shufflevector <2 x double> %55, <2 x double> %54, <2 x i32> <i32 0, i32 2>
  %119 = shufflevector <2 x double> %55, <2 x double> %54, <2 x i32> <i32 1, i32 3>
  %120 = insertelement <2 x double> poison, double %.337, i64 0
  %121 = insertelement <2 x double> %120, double %.373, i64 1
  br label %B369.if

B369.if:                                          ; preds = %B369.if.preheader, %B369.if
  %.471136138 = phi i64 [ %.478.1, %B369.if ], [ %.471136138.ph, %B369.if.preheader ]
  %122 = shl i64 %.471136138, 3
  %sunkaddr39 = getelementptr i8, ptr %arg.out, i64 %122
  %scevgep37 = getelementptr i8, ptr %lsr.iv, i64 %122
  %scevgep38 = getelementptr i8, ptr %scevgep37, i64 -64
  %.478.1 = add i64 %.471136138, 2
  %.511.1 = load double, ptr %scevgep37, align 8
  %123 = load <8 x double>, ptr %scevgep38, align 8
  %124 = load <2 x double>, ptr %sunkaddr39, align 8
  %125 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 0, i32 poison>
  %126 = insertelement <2 x double> %125, double %.511.1, i64 1
  %127 = fmul <2 x double> %113, %126
  %128 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 1, i32 7>
  %129 = fmul <2 x double> %114, %128
  %130 = fadd <2 x double> %129, %127
  %131 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 2, i32 6>
  %132 = fmul <2 x double> %115, %131
  %133 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 3, i32 5>
  %134 = fmul <2 x double> %116, %133
  %135 = fadd <2 x double> %132, %134
  %136 = fadd <2 x double> %135, %130
  %137 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 7, i32 4>
  %138 = fmul <2 x double> %117, %137
  %139 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 6, i32 3>
  %140 = fmul <2 x double> %118, %139
  %141 = fadd <2 x double> %138, %140
  %142 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 5, i32 2>
  %143 = fmul <2 x double> %119, %142
  %144 = shufflevector <8 x double> %123, <8 x double> poison, <2 x i32> <i32 4, i32 1>
  %145 = fmul <2 x double> %121, %144
  %146 = fadd <2 x double> %143, %145
  %147 = fadd <2 x double> %141, %146
  %148 = fadd <2 x double> %147, %136
  %149 = fadd <2 x double> %124, %148
  store <2 x double> %149, ptr %sunkaddr39, align 8
  %niter.ncmp.1 = icmp eq i64 %unroll_iter, %.478.1
  br i1 %niter.ncmp.1, label %B89.loopexit.loopexit.unr-lcssa, label %B369.if
}

declare void @llvm.memset.p0.i64(ptr, i8, i64, i1 immarg)


