; c61b5277a748e98980e1ac0ff1d13b6a711422474c2ce95e0c75e2d4482a8d86

define i32 @scale(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.gains, i64 %arg.stride, i64 %arg.frames) {
entry:
  %.9537.not = icmp slt i64 %arg.frames, 1
  br i1 %.9537.not, label %B144, label %B34.if.preheader

B34.if.preheader:                                 ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.frames, 32
  br i1 %min.iters.check, label %B34.if.preheader12, label %vector.scevcheck

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
  br i1 %7, label %B34.if.preheader12, label %vector.memcheck

vector.memcheck:                                  ; preds = %vector.scevcheck
  %8 = shl i64 %arg.frames, 3
  %scevgep4 = getelementptr i8, ptr %arg.gains, i64 %8
  %scevgep5 = getelementptr i8, ptr %arg.x, i64 %0
  %bound0 = icmp ult ptr %arg.gains, %scevgep5
  %bound1 = icmp ult ptr %arg.x, %scevgep4
  %found.conflict = and i1 %bound0, %bound1
  br i1 %found.conflict, label %B34.if.preheader12, label %vector.ph

vector.ph:                                        ; preds = %vector.memcheck
  %n.vec = and i64 %arg.frames, 2305843009213693944
  %scevgep51 = getelementptr i8, ptr %arg.x, i64 64
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %lsr.iv52 = phi ptr [ %scevgep53, %vector.body ], [ %scevgep51, %vector.ph ]
  %index = phi i64 [ %index.next, %vector.body ], [ 0, %vector.ph ]
  %sunkaddr = shl i64 %index, 3
  %sunkaddr59 = getelementptr i8, ptr %arg.gains, i64 %sunkaddr
  %wide.load = load <4 x double>, ptr %sunkaddr59, align 8
  %sunkaddr62 = getelementptr i8, ptr %sunkaddr59, i64 32
  %wide.load6 = load <4 x double>, ptr %sunkaddr62, align 8
  %scevgep54 = getelementptr i8, ptr %lsr.iv52, i64 -64
  %wide.vec = load <8 x double>, ptr %scevgep54, align 8
  %strided.vec = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec7 = shufflevector <8 x double> %wide.vec, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %wide.vec8 = load <8 x double>, ptr %lsr.iv52, align 8
  %strided.vec9 = shufflevector <8 x double> %wide.vec8, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec10 = shufflevector <8 x double> %wide.vec8, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %9 = fmul <4 x double> %wide.load, %strided.vec
  %10 = fmul <4 x double> %wide.load6, %strided.vec9
  %11 = fmul <4 x double> %wide.load, %strided.vec7
  %12 = fmul <4 x double> %wide.load6, %strided.vec10
  %interleaved.vec = shufflevector <4 x double> %9, <4 x double> %11, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %scevgep54, align 8
  %interleaved.vec11 = shufflevector <4 x double> %10, <4 x double> %12, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec11, ptr %lsr.iv52, align 8
  %index.next = add nsw i64 %index, 8
  %scevgep53 = getelementptr i8, ptr %lsr.iv52, i64 128
  %13 = icmp eq i64 %n.vec, %index.next
  br i1 %13, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %cmp.n = icmp eq i64 %arg.frames, %n.vec
  br i1 %cmp.n, label %B144, label %B34.if.preheader12

B34.if.preheader12:                               ; preds = %middle.block, %vector.memcheck, %vector.scevcheck, %B34.if.preheader
  %.1013638.ph = phi i64 [ 0, %vector.memcheck ], [ 0, %vector.scevcheck ], [ 0, %B34.if.preheader ], [ %n.vec, %middle.block ]
  %xtraiter = and i64 %arg.frames, 7
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B34.if.prol.loopexit, label %B34.if.prol.preheader

B34.if.prol.preheader:                            ; preds = %B34.if.preheader12
  %14 = shl i64 %arg.stride, 3
  %15 = mul i64 %14, %.1013638.ph
  %scevgep46 = getelementptr i8, ptr %arg.gains, i64 %15
  %16 = shl i64 %.1013638.ph, 4
  %17 = getelementptr i8, ptr %arg.x, i64 %16
  %.137.prol = load double, ptr %scevgep46, align 8
  %18 = load <2 x double>, ptr %17, align 8
  %19 = insertelement <2 x double> poison, double %.137.prol, i64 0
  %20 = shufflevector <2 x double> %19, <2 x double> poison, <2 x i32> zeroinitializer
  %21 = fmul <2 x double> %20, %18
  store <2 x double> %21, ptr %17, align 8
  %prol.iter.cmp.not = icmp eq i64 %xtraiter, 1
  br i1 %prol.iter.cmp.not, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.1

B34.if.prol.1:                                    ; preds = %B34.if.prol.preheader
  %scevgep48 = getelementptr i8, ptr %scevgep46, i64 %14
  %.137.prol.1 = load double, ptr %scevgep48, align 8
  %scevgep45.1 = getelementptr i8, ptr %17, i64 16
  %22 = load <2 x double>, ptr %scevgep45.1, align 8
  %23 = insertelement <2 x double> poison, double %.137.prol.1, i64 0
  %24 = shufflevector <2 x double> %23, <2 x double> poison, <2 x i32> zeroinitializer
  %25 = fmul <2 x double> %24, %22
  store <2 x double> %25, ptr %scevgep45.1, align 8
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter, 2
  br i1 %prol.iter.cmp.not.1, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.2

B34.if.prol.2:                                    ; preds = %B34.if.prol.1
  %scevgep48.1 = getelementptr i8, ptr %scevgep48, i64 %14
  %.137.prol.2 = load double, ptr %scevgep48.1, align 8
  %scevgep45.2 = getelementptr i8, ptr %17, i64 32
  %26 = load <2 x double>, ptr %scevgep45.2, align 8
  %27 = insertelement <2 x double> poison, double %.137.prol.2, i64 0
  %28 = shufflevector <2 x double> %27, <2 x double> poison, <2 x i32> zeroinitializer
  %29 = fmul <2 x double> %28, %26
  store <2 x double> %29, ptr %scevgep45.2, align 8
  %prol.iter.cmp.not.2 = icmp eq i64 %xtraiter, 3
  br i1 %prol.iter.cmp.not.2, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.3

B34.if.prol.3:                                    ; preds = %B34.if.prol.2
  %scevgep48.2 = getelementptr i8, ptr %scevgep48.1, i64 %14
  %.137.prol.3 = load double, ptr %scevgep48.2, align 8
  %scevgep45.3 = getelementptr i8, ptr %17, i64 48
  %30 = load <2 x double>, ptr %scevgep45.3, align 8
  %31 = insertelement <2 x double> poison, double %.137.prol.3, i64 0
  %32 = shufflevector <2 x double> %31, <2 x double> poison, <2 x i32> zeroinitializer
  %33 = fmul <2 x double> %32, %30
  store <2 x double> %33, ptr %scevgep45.3, align 8
  %prol.iter.cmp.not.3 = icmp eq i64 %xtraiter, 4
  br i1 %prol.iter.cmp.not.3, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.4

B34.if.prol.4:                                    ; preds = %B34.if.prol.3
  %scevgep48.3 = getelementptr i8, ptr %scevgep48.2, i64 %14
  %.137.prol.4 = load double, ptr %scevgep48.3, align 8
  %scevgep45.4 = getelementptr i8, ptr %17, i64 64
  %34 = load <2 x double>, ptr %scevgep45.4, align 8
  %35 = insertelement <2 x double> poison, double %.137.prol.4, i64 0
  %36 = shufflevector <2 x double> %35, <2 x double> poison, <2 x i32> zeroinitializer
  %37 = fmul <2 x double> %36, %34
  store <2 x double> %37, ptr %scevgep45.4, align 8
  %prol.iter.cmp.not.4 = icmp eq i64 %xtraiter, 5
  br i1 %prol.iter.cmp.not.4, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.5

B34.if.prol.5:                                    ; preds = %B34.if.prol.4
  %scevgep48.4 = getelementptr i8, ptr %scevgep48.3, i64 %14
  %.137.prol.5 = load double, ptr %scevgep48.4, align 8
  %scevgep45.5 = getelementptr i8, ptr %17, i64 80
  %38 = load <2 x double>, ptr %scevgep45.5, align 8
  %39 = insertelement <2 x double> poison, double %.137.prol.5, i64 0
  %40 = shufflevector <2 x double> %39, <2 x double> poison, <2 x i32> zeroinitializer
  %41 = fmul <2 x double> %40, %38
  store <2 x double> %41, ptr %scevgep45.5, align 8
  %prol.iter.cmp.not.5 = icmp eq i64 %xtraiter, 6
  br i1 %prol.iter.cmp.not.5, label %B34.if.prol.loopexit.loopexit, label %B34.if.prol.6

B34.if.prol.6:                                    ; preds = %B34.if.prol.5
  %scevgep48.5 = getelementptr i8, ptr %scevgep48.4, i64 %14
  %.137.prol.6 = load double, ptr %scevgep48.5, align 8
  %scevgep45.6 = getelementptr i8, ptr %17, i64 96
  %42 = load <2 x double>, ptr %scevgep45.6, align 8
  %43 = insertelement <2 x double> poison, double %.137.prol.6, i64 0
  %44 = shufflevector <2 x double> %43, <2 x double> poison, <2 x i32> zeroinitializer
  %45 = fmul <2 x double> %44, %42
  store <2 x double> %45, ptr %scevgep45.6, align 8
  br label %B34.if.prol.loopexit.loopexit

B34.if.prol.loopexit.loopexit:                    ; preds = %B34.if.prol.6, %B34.if.prol.5, %B34.if.prol.4, %B34.if.prol.3, %B34.if.prol.2, %B34.if.prol.1, %B34.if.prol.preheader
  %46 = or i64 %.1013638.ph, %xtraiter
  br label %B34.if.prol.loopexit

B34.if.prol.loopexit:                             ; preds = %B34.if.prol.loopexit.loopexit, %B34.if.preheader12
  %.1013638.unr = phi i64 [ %.1013638.ph, %B34.if.preheader12 ], [ %46, %B34.if.prol.loopexit.loopexit ]
  %47 = sub nsw i64 %.1013638.ph, %arg.frames
  %48 = icmp ugt i64 %47, -8
  br i1 %48, label %B144, label %B34.if.preheader13

B34.if.preheader13:                               ; preds = %B34.if.prol.loopexit
  %49 = sub nsw i64 %arg.frames, %.1013638.unr
  %50 = shl i64 %.1013638.unr, 4
  %51 = getelementptr i8, ptr %arg.x, i64 %50
  %scevgep14 = getelementptr i8, ptr %51, i64 120
  %52 = shl i64 %arg.stride, 3
  %53 = mul i64 %52, %.1013638.unr
  %scevgep32 = getelementptr i8, ptr %arg.gains, i64 %53
  %54 = shl i64 %arg.stride, 6
  br label %B34.if

B144:                                             ; preds = %B34.if, %B34.if.prol.loopexit, %middle.block, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.if, %B34.if.preheader13
  %lsr.iv33 = phi ptr [ %scevgep32, %B34.if.preheader13 ], [ %scevgep34, %B34.if ]
  %lsr.iv15 = phi ptr [ %scevgep14, %B34.if.preheader13 ], [ %scevgep16, %B34.if ]
  %lsr.iv = phi i64 [ %49, %B34.if.preheader13 ], [ %lsr.iv.next, %B34.if ]
  %.137 = load double, ptr %lsr.iv33, align 8
  %scevgep28 = getelementptr i8, ptr %lsr.iv15, i64 -120
  %scevgep35 = getelementptr i8, ptr %lsr.iv33, i64 %52
  %.137.1 = load double, ptr %scevgep35, align 8
  %55 = load <4 x double>, ptr %scevgep28, align 8
  %56 = insertelement <4 x double> poison, double %.137, i64 0
  %57 = insertelement <4 x double> %56, double %.137.1, i64 1
  %58 = shufflevector <4 x double> %57, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %59 = fmul <4 x double> %58, %55
  store <4 x double> %59, ptr %scevgep28, align 8
  %scevgep36 = getelementptr i8, ptr %scevgep35, i64 %52
  %.137.2 = load double, ptr %scevgep36, align 8
  %scevgep27 = getelementptr i8, ptr %lsr.iv15, i64 -88
  %scevgep37 = getelementptr i8, ptr %scevgep36, i64 %52
  %.137.3 = load double, ptr %scevgep37, align 8
  %60 = load <4 x double>, ptr %scevgep27, align 8
  %61 = insertelement <4 x double> poison, double %.137.2, i64 0
  %62 = insertelement <4 x double> %61, double %.137.3, i64 1
  %63 = shufflevector <4 x double> %62, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %64 = fmul <4 x double> %63, %60
  store <4 x double> %64, ptr %scevgep27, align 8
  %scevgep38 = getelementptr i8, ptr %scevgep37, i64 %52
  %.137.4 = load double, ptr %scevgep38, align 8
  %scevgep23 = getelementptr i8, ptr %lsr.iv15, i64 -56
  %scevgep39 = getelementptr i8, ptr %scevgep38, i64 %52
  %.137.5 = load double, ptr %scevgep39, align 8
  %65 = load <4 x double>, ptr %scevgep23, align 8
  %66 = insertelement <4 x double> poison, double %.137.4, i64 0
  %67 = insertelement <4 x double> %66, double %.137.5, i64 1
  %68 = shufflevector <4 x double> %67, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %69 = fmul <4 x double> %68, %65
  store <4 x double> %69, ptr %scevgep23, align 8
  %scevgep40 = getelementptr i8, ptr %scevgep39, i64 %52
  %.137.6 = load double, ptr %scevgep40, align 8
  %scevgep19 = getelementptr i8, ptr %lsr.iv15, i64 -24
  %sunkaddr64 = getelementptr i8, ptr %scevgep40, i64 %52
  %.137.7 = load double, ptr %sunkaddr64, align 8
  %70 = load <4 x double>, ptr %scevgep19, align 8
  %71 = insertelement <4 x double> poison, double %.137.6, i64 0
  %72 = insertelement <4 x double> %71, double %.137.7, i64 1
  %73 = shufflevector <4 x double> %72, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %74 = fmul <4 x double> %73, %70
  store <4 x double> %74, ptr %scevgep19, align 8
  %lsr.iv.next = add i64 %lsr.iv, -8
  %scevgep16 = getelementptr i8, ptr %lsr.iv15, i64 128
  %scevgep34 = getelementptr i8, ptr %lsr.iv33, i64 %54
  %exitcond.not.7 = icmp eq i64 %lsr.iv.next, 0
  br i1 %exitcond.not.7, label %B144, label %B34.if
}

