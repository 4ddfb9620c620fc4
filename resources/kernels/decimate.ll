; 105c7574511743662aa386562768791ca99caee554df84df72d11d86649110e6

define i32 @decimate(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.taps, i64 %arg.count, i64 %arg.factor, ptr %arg.out, i64 %arg.frames) {
entry:
  %.60 = icmp sgt i64 %arg.frames, 0
  br i1 %.60, label %B34.if.preheader, label %B50

B34.if.preheader:                                 ; preds = %entry
  %0 = shl i64 %arg.frames, 3
  tail call void @llvm.memset.p0.i64(ptr align 8 %arg.out, i8 0, i64 %0, i1 false)
  br label %B50

B50:                                              ; preds = %B34.if.preheader, %entry
  %.230215.not = icmp slt i64 %arg.factor, 1
  br i1 %.230215.not, label %B2452, label %B80.if.lr.ph

B80.if.lr.ph:                                     ; preds = %B50
  %.271 = add i64 %arg.count, -1
  %.272 = add i64 %.271, %arg.frames
  %1 = add i64 %arg.count, 7
  %.363 = lshr i64 %1, 3
  %.342.inv = icmp slt i64 %arg.count, 1
  %invariant.gep = getelementptr double, ptr %arg.taps, i64 %arg.factor
  %.444.idx = shl i64 %arg.factor, 4
  %invariant.gep194 = getelementptr i8, ptr %arg.taps, i64 %.444.idx
  %.453.idx = mul i64 %arg.factor, 24
  %invariant.gep196 = getelementptr i8, ptr %arg.taps, i64 %.453.idx
  %.462.idx = shl i64 %arg.factor, 5
  %invariant.gep198 = getelementptr i8, ptr %arg.taps, i64 %.462.idx
  %.471.idx = mul i64 %arg.factor, 40
  %invariant.gep200 = getelementptr i8, ptr %arg.taps, i64 %.471.idx
  %.480.idx = mul i64 %arg.factor, 48
  %invariant.gep202 = getelementptr i8, ptr %arg.taps, i64 %.480.idx
  %.489.idx = mul i64 %arg.factor, 56
  %invariant.gep204 = getelementptr i8, ptr %arg.taps, i64 %.489.idx
  %.496 = add i64 %arg.count, -8
  %unroll_iter = and i64 %arg.frames, 9223372036854775806
  %2 = shl i64 %.272, 3
  %3 = icmp eq i64 %.363, 0
  %4 = select i1 %.342.inv, i1 true, i1 %3
  %5 = icmp eq i64 %arg.frames, 1
  %6 = and i64 %arg.frames, 1
  %7 = icmp eq i64 %6, 0
  %8 = icmp slt i64 %arg.frames, 1
  %or.cond = or i1 %4, %8
  br i1 %or.cond, label %B2452, label %B80.if.preheader

B80.if.preheader:                                 ; preds = %B80.if.lr.ph
  %9 = shl i64 %arg.count, 3
  %scevgep7 = getelementptr i8, ptr %arg.x, i64 %9
  %.623.epil = getelementptr double, ptr %arg.out, i64 %unroll_iter
  %invariant.gep9 = getelementptr double, ptr %arg.x, i64 %unroll_iter
  %10 = add nsw i64 %arg.frames, -2
  %11 = lshr i64 %10, 1
  %scevgep = getelementptr i8, ptr %arg.out, i64 8
  %12 = add nsw i64 %arg.frames, -2
  %13 = lshr i64 %12, 1
  %14 = add i64 %13, 1
  %min.iters.check = icmp ult i64 %12, 14
  %mul.result = shl i64 %11, 4
  %15 = getelementptr i8, ptr %arg.out, i64 %mul.result
  %16 = icmp ult ptr %15, %arg.out
  %mul.result12 = shl i64 %11, 4
  %mul.overflow13 = icmp ugt i64 %10, 2305843009213693951
  %17 = getelementptr i8, ptr %scevgep, i64 %mul.result12
  %18 = icmp ult ptr %17, %scevgep
  %19 = or i1 %18, %mul.overflow13
  %20 = or i1 %16, %19
  %n.vec = and i64 %14, -4
  %21 = shl i64 %n.vec, 1
  %cmp.n = icmp eq i64 %14, %n.vec
  br label %B80.if

B80.loopexit.loopexit.split:                      ; preds = %B148.loopexit
  %.243 = add nsw i64 %.236208218, 1
  %scevgep8 = getelementptr i8, ptr %lsr.iv, i64 %2
  %exitcond226.not = icmp eq i64 %.243, %arg.factor
  br i1 %exitcond226.not, label %B2452, label %B80.if

B148.loopexit.loopexit.unr-lcssa:                 ; preds = %B1896.if, %middle.block
  br i1 %7, label %B148.loopexit, label %B1896.if.epil.preheader

B1896.if.epil.preheader:                          ; preds = %B148.if, %B148.loopexit.loopexit.unr-lcssa
  %.624.epil = load double, ptr %.623.epil, align 8
  %gep10 = getelementptr double, ptr %invariant.gep9, i64 %.498.reass.reass
  %22 = load <8 x double>, ptr %gep10, align 8
  %23 = insertelement <2 x double> poison, double %.428, i64 0
  %24 = insertelement <2 x double> %23, double %.463, i64 1
  %25 = shufflevector <8 x double> %22, <8 x double> poison, <2 x i32> <i32 7, i32 3>
  %26 = fmul <2 x double> %24, %25
  %27 = insertelement <2 x double> poison, double %.436, i64 0
  %28 = insertelement <2 x double> %27, double %.472, i64 1
  %29 = shufflevector <8 x double> %22, <8 x double> poison, <2 x i32> <i32 6, i32 2>
  %30 = fmul <2 x double> %28, %29
  %31 = fadd <2 x double> %26, %30
  %32 = insertelement <2 x double> poison, double %.445, i64 0
  %33 = insertelement <2 x double> %32, double %.481, i64 1
  %34 = shufflevector <8 x double> %22, <8 x double> poison, <2 x i32> <i32 5, i32 1>
  %35 = fmul <2 x double> %33, %34
  %36 = insertelement <2 x double> poison, double %.454, i64 0
  %37 = insertelement <2 x double> %36, double %.490, i64 1
  %38 = shufflevector <8 x double> %22, <8 x double> poison, <2 x i32> <i32 4, i32 0>
  %39 = fmul <2 x double> %37, %38
  %40 = fadd <2 x double> %35, %39
  %41 = fadd <2 x double> %31, %40
  %shift = shufflevector <2 x double> %41, <2 x double> poison, <2 x i32> <i32 1, i32 poison>
  %foldExtExtBinop = fadd <2 x double> %41, %shift
  %.678.epil = extractelement <2 x double> %foldExtExtBinop, i64 0
  %.679.epil = fadd double %.624.epil, %.678.epil
  store double %.679.epil, ptr %.623.epil, align 8
  br label %B148.loopexit

B148.loopexit:                                    ; preds = %B1896.if.epil.preheader, %B148.loopexit.loopexit.unr-lcssa
  %scevgep10 = getelementptr i8, ptr %lsr.iv9, i64 -64
  %.384 = icmp sgt i64 %.383181189, 1
  br i1 %.384, label %B148.if, label %B80.loopexit.loopexit.split

B2452:                                            ; preds = %B80.loopexit.loopexit.split, %B80.if.lr.ph, %B50
  store ptr null, ptr %retptr, align 8
  ret i32 0

B80.if:                                           ; preds = %B80.if.preheader, %B80.loopexit.loopexit.split
  %lsr.iv = phi ptr [ %scevgep8, %B80.loopexit.loopexit.split ], [ %scevgep7, %B80.if.preheader ]
  %.236208218 = phi i64 [ %.243, %B80.loopexit.loopexit.split ], [ 0, %B80.if.preheader ]
  %.273 = mul nsw i64 %.236208218, %.272
  %invariant.op206 = add i64 %.496, %.273
  br label %B148.if

B148.if:                                          ; preds = %B80.if, %B148.loopexit
  %lsr.iv9 = phi ptr [ %lsr.iv, %B80.if ], [ %scevgep10, %B148.loopexit ]
  %.383181189 = phi i64 [ %.363, %B80.if ], [ %.393, %B148.loopexit ]
  %.390182188 = phi i64 [ 0, %B80.if ], [ %.397, %B148.loopexit ]
  %.393 = add nsw i64 %.383181189, -1
  %.397 = add i64 %.390182188, 8
  %.423 = mul nsw i64 %.390182188, %arg.factor
  %.425 = add nsw i64 %.423, %.236208218
  %.427 = getelementptr double, ptr %arg.taps, i64 %.425
  %.428 = load double, ptr %.427, align 8
  %gep = getelementptr double, ptr %invariant.gep, i64 %.425
  %.436 = load double, ptr %gep, align 8
  %gep195 = getelementptr double, ptr %invariant.gep194, i64 %.425
  %.445 = load double, ptr %gep195, align 8
  %gep197 = getelementptr double, ptr %invariant.gep196, i64 %.425
  %.454 = load double, ptr %gep197, align 8
  %gep199 = getelementptr double, ptr %invariant.gep198, i64 %.425
  %.463 = load double, ptr %gep199, align 8
  %gep201 = getelementptr double, ptr %invariant.gep200, i64 %.425
  %.472 = load double, ptr %gep201, align 8
  %gep203 = getelementptr double, ptr %invariant.gep202, i64 %.425
  %.481 = load double, ptr %gep203, align 8
  %gep205 = getelementptr double, ptr %invariant.gep204, i64 %.425
  %.490 = load double, ptr %gep205, align 8
  %.498.reass.reass = sub i64 %invariant.op206, %.390182188
  br i1 %5, label %B1896.if.epil.preheader, label %B1896.if.preheader

B1896.if.preheader:                               ; preds = %B148.if
  %brmerge = select i1 %min.iters.check, i1 true, i1 %20
  br i1 %brmerge, label %B1896.if.preheader42, label %vector.ph

vector.ph:                                        ; preds = %B1896.if.preheader
  %broadcast.splatinsert = insertelement <4 x double> poison, double %.428, i64 0
  %broadcast.splat = shufflevector <4 x double> %broadcast.splatinsert, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert14 = insertelement <4 x double> poison, double %.436, i64 0
  %broadcast.splat15 = shufflevector <4 x double> %broadcast.splatinsert14, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert16 = insertelement <4 x double> poison, double %.445, i64 0
  %broadcast.splat17 = shufflevector <4 x double> %broadcast.splatinsert16, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert18 = insertelement <4 x double> poison, double %.454, i64 0
  %broadcast.splat19 = shufflevector <4 x double> %broadcast.splatinsert18, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert20 = insertelement <4 x double> poison, double %.463, i64 0
  %broadcast.splat21 = shufflevector <4 x double> %broadcast.splatinsert20, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert22 = insertelement <4 x double> poison, double %.472, i64 0
  %broadcast.splat23 = shufflevector <4 x double> %broadcast.splatinsert22, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert24 = insertelement <4 x double> poison, double %.481, i64 0
  %broadcast.splat25 = shufflevector <4 x double> %broadcast.splatinsert24, <4 x double> poison, <4 x i32> zeroinitializer
  %broadcast.splatinsert26 = insertelement <4 x double> poison, double %.490, i64 0
  %broadcast.splat27 = shufflevector <4 x double> %broadcast.splatinsert26, <4 x double> poison, <4 x i32> zeroinitializer
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %index = phi i64 [ 0, %vector.ph ], [ %index.next, %vector.body ]
  %offset.idx = shl i64 %index, 4
  %42 = shl i64 %index, 4
  %43 = shl i64 %index, 4
  %44 = shl i64 %index, 4
  %45 = getelementptr i8, ptr %arg.out, i64 %42
  %wide.vec = load <8 x double>, ptr %45, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec28 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %46 = getelementptr i8, ptr %lsr.iv9, i64 %42
  %47 = getelementptr i8, ptr %lsr.iv9, i64 %43
  %48 = getelementptr i8, ptr %lsr.iv9, i64 %44
  %49 = getelementptr i8, ptr %lsr.iv9, i64 %offset.idx
  %50 = getelementptr i8, ptr %46, i64 -64
  %51 = getelementptr i8, ptr %46, i64 -8
  %wide.vec29 = load <8 x double>, ptr %51, align 8
  %strided.vec30 = shufflevector <8 x double> %wide.vec29, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec31 = shufflevector <8 x double> %wide.vec29, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %52 = fmul <4 x double> %broadcast.splat, %strided.vec30
  %53 = getelementptr i8, ptr %46, i64 -16
  %54 = getelementptr i8, ptr %48, i64 16
  %55 = getelementptr i8, ptr %49, i64 32
  %56 = load double, ptr %53, align 8
  %57 = load double, ptr %47, align 8
  %58 = load double, ptr %54, align 8
  %59 = load double, ptr %55, align 8
  %60 = insertelement <4 x double> poison, double %56, i64 0
  %61 = insertelement <4 x double> %60, double %57, i64 1
  %62 = insertelement <4 x double> %61, double %58, i64 2
  %63 = insertelement <4 x double> %62, double %59, i64 3
  %64 = fmul <4 x double> %broadcast.splat15, %63
  %65 = fadd <4 x double> %52, %64
  %66 = getelementptr i8, ptr %46, i64 -32
  %wide.vec32 = load <8 x double>, ptr %66, align 8
  %strided.vec33 = shufflevector <8 x double> %wide.vec32, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec34 = shufflevector <8 x double> %wide.vec32, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %67 = fmul <4 x double> %broadcast.splat17, %strided.vec34
  %68 = fmul <4 x double> %broadcast.splat19, %strided.vec33
  %69 = fadd <4 x double> %67, %68
  %70 = fadd <4 x double> %65, %69
  %71 = getelementptr i8, ptr %46, i64 -48
  %wide.vec35 = load <8 x double>, ptr %71, align 8
  %strided.vec36 = shufflevector <8 x double> %wide.vec35, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec37 = shufflevector <8 x double> %wide.vec35, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %72 = fmul <4 x double> %broadcast.splat21, %strided.vec37
  %73 = fmul <4 x double> %broadcast.splat23, %strided.vec36
  %74 = fadd <4 x double> %72, %73
  %wide.vec38 = load <8 x double>, ptr %50, align 8
  %strided.vec39 = shufflevector <8 x double> %wide.vec38, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec40 = shufflevector <8 x double> %wide.vec38, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %75 = fmul <4 x double> %broadcast.splat25, %strided.vec40
  %76 = fmul <4 x double> %broadcast.splat27, %strided.vec39
  %77 = fadd <4 x double> %75, %76
  %78 = fadd <4 x double> %74, %77
  %79 = fadd <4 x double> %70, %78
  %80 = fadd <4 x double> %strided.vec, %79
  %81 = fmul <4 x double> %broadcast.splat, %strided.vec31
  %82 = fmul <4 x double> %broadcast.splat15, %strided.vec30
  %83 = fadd <4 x double> %82, %81
  %84 = fmul <4 x double> %broadcast.splat17, %63
  %85 = fmul <4 x double> %broadcast.splat19, %strided.vec34
  %86 = fadd <4 x double> %84, %85
  %87 = fadd <4 x double> %86, %83
  %88 = fmul <4 x double> %broadcast.splat21, %strided.vec33
  %89 = fmul <4 x double> %broadcast.splat23, %strided.vec37
  %90 = fadd <4 x double> %88, %89
  %91 = fmul <4 x double> %broadcast.splat25, %strided.vec36
  %92 = fmul <4 x double> %broadcast.splat27, %strided.vec40
  %93 = fadd <4 x double> %91, %92
  %94 = fadd <4 x double> %90, %93
  %95 = fadd <4 x double> %94, %87
  %96 = fadd <4 x double> %strided.vec28, %95
  %interleaved.vec = shufflevector <4 x double> %80, <4 x double> %96, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %45, align 8
  %index.next = add i64 %index, 4
  %97 = icmp eq i64 %index.next, %n.vec
  br i1 %97, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  br i1 %cmp.n, label %B148.loopexit.loopexit.unr-lcssa, label %B1896.if.preheader42

B1896.if.preheader42:                             ; preds = %B1896.if.preheader, %middle.block
  %.588175177.ph = phi i64 [ %21, %middle.block ], [ 0, %B1896.if.preheader ]
  %98 = insertelement <2 x double> poison, double %.490, i64 0
  %99 = insertelement <2 x double> %98, double %.428, i64 1
  %100 = insertelement <2 x double> poison, double %.481, i64 0
  %101 = insertelement <2 x double> %100, double %.436, i64 1
  %102 = insertelement <2 x double> poison, double %.463, i64 0
  %103 = insertelement <2 x double> %102, double %.445, i64 1
  %104 = insertelement <2 x double> poison, double %.472, i64 0
  %105 = insertelement <2 x double> %104, double %.454, i64 1
  %106 = insertelement <2 x double> poison, double %.428, i64 0
  %107 = insertelement <2 x double> %106, double %.463, i64 1
  %108 = insertelement <2 x double> poison, double %.436, i64 0
  %109 = insertelement <2 x double> %108, double %.472, i64 1
  %110 = insertelement <2 x double> poison, double %.445, i64 0
  %111 = insertelement <2 x double> %110, double %.481, i64 1
  %112 = insertelement <2 x double> poison, double %.454, i64 0
  %113 = insertelement <2 x double> %112, double %.490, i64 1
  br label %B1896.if

B1896.if:                                         ; preds = %B1896.if.preheader42, %B1896.if
  %.588175177 = phi i64 [ %.595.1, %B1896.if ], [ %.588175177.ph, %B1896.if.preheader42 ]
  %114 = shl i64 %.588175177, 3
  %sunkaddr40 = getelementptr i8, ptr %arg.out, i64 %114
  %scevgep38 = getelementptr i8, ptr %lsr.iv9, i64 %114
  %scevgep39 = getelementptr i8, ptr %scevgep38, i64 -64
  %.595.1 = add i64 %.588175177, 2
  %.628.1 = load double, ptr %scevgep38, align 8
  %115 = load <8 x double>, ptr %scevgep39, align 8
  %116 = load <2 x double>, ptr %sunkaddr40, align 8
  %117 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 0, i32 poison>
  %118 = insertelement <2 x double> %117, double %.628.1, i64 1
  %119 = fmul <2 x double> %99, %118
  %120 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 1, i32 7>
  %121 = fmul <2 x double> %101, %120
  %122 = fadd <2 x double> %121, %119
  %123 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 3, i32 6>
  %124 = fmul <2 x double> %103, %123
  %125 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 2, i32 5>
  %126 = fmul <2 x double> %105, %125
  %127 = fadd <2 x double> %124, %126
  %128 = fadd <2 x double> %127, %122
  %129 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 7, i32 4>
  %130 = fmul <2 x double> %107, %129
  %131 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 6, i32 3>
  %132 = fmul <2 x double> %109, %131
  %133 = fadd <2 x double> %130, %132
  %134 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 5, i32 2>
  %135 = fmul <2 x double> %111, %134
  %136 = shufflevector <8 x double> %115, <8 x double> poison, <2 x i32> <i32 4, i32 1>
  %137 = fmul <2 x double> %113, %136
  %138 = fadd <2 x double> %135, %137
  %139 = fadd <2 x double> %133, %138
  %140 = fadd <2 x double> %139, %128
  %141 = fadd <2 x double> %116, %140
  store <2 x double> %141, ptr %sunkaddr40, align 8
  %niter.ncmp.1 = icmp eq i64 %unroll_iter, %.595.1
  br i1 %niter.ncmp.1, label %B148.loopexit.loopexit.unr-lcssa, label %B1896.if
}

declare void @llvm.memset.p0.i64(ptr, i8, i64, i1 immarg)


