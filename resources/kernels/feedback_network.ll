; 8f37ba0eec66f36fa0c07cd7de52464d6982be586a9882e9bfa148e12c63d19a

define i32 @feedback_network(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.out, ptr %arg.lines, i64 %arg.size, ptr %arg.lengths, ptr %arg.present, double %arg.glide, ptr %arg.shelves, ptr %arg.state, ptr %arg.work, i64 %arg.position, i64 %arg.frames) {
entry:
  %.119641.not = icmp slt i64 %arg.frames, 1
  br i1 %.119641.not, label %B3519, label %B34.if.lr.ph

B34.if.lr.ph:                                     ; preds = %entry
  %.369 = add nsw i64 %arg.size, -1
  %0 = getelementptr i8, ptr %arg.state, i64 256
  %1 = getelementptr i8, ptr %arg.shelves, i64 768
  %scevgep = getelementptr i8, ptr %arg.state, i64 512
  %scevgep9 = getelementptr i8, ptr %arg.work, i64 128
  %scevgep10 = getelementptr i8, ptr %arg.shelves, i64 1536
  %bound027 = icmp ult ptr %arg.state, %scevgep9
  %bound128 = icmp ult ptr %arg.work, %0
  %found.conflict29 = and i1 %bound128, %bound027
  %bound030 = icmp ult ptr %arg.state, %1
  %bound131 = icmp ult ptr %arg.shelves, %0
  %found.conflict32 = and i1 %bound030, %bound131
  %conflict.rdx33 = or i1 %found.conflict32, %found.conflict29
  %bound034 = icmp ult ptr %arg.work, %1
  %bound135 = icmp ult ptr %arg.shelves, %scevgep9
  %found.conflict36 = and i1 %bound034, %bound135
  %conflict.rdx37 = or i1 %found.conflict36, %conflict.rdx33
  %bound0 = icmp ult ptr %0, %scevgep9
  %bound1 = icmp ult ptr %arg.work, %scevgep
  %found.conflict = and i1 %bound1, %bound0
  %bound011 = icmp ult ptr %0, %scevgep10
  %bound112 = icmp ult ptr %1, %scevgep
  %found.conflict13 = and i1 %bound011, %bound112
  %conflict.rdx = or i1 %found.conflict13, %found.conflict
  %bound014 = icmp ult ptr %arg.work, %scevgep10
  %bound115 = icmp ult ptr %1, %scevgep9
  %found.conflict16 = and i1 %bound014, %bound115
  %conflict.rdx17 = or i1 %found.conflict16, %conflict.rdx
  %2 = shl i64 %arg.size, 3
  %3 = mul i64 %arg.size, 12
  %4 = shl i64 %arg.size, 4
  %sunkaddr478 = getelementptr i8, ptr %arg.work, i64 8
  %sunkaddr479 = getelementptr i8, ptr %arg.work, i64 24
  %sunkaddr480 = getelementptr i8, ptr %arg.work, i64 40
  %sunkaddr481 = getelementptr i8, ptr %arg.work, i64 56
  %sunkaddr482 = getelementptr i8, ptr %arg.work, i64 72
  %sunkaddr483 = getelementptr i8, ptr %arg.work, i64 88
  %sunkaddr484 = getelementptr i8, ptr %arg.work, i64 104
  %sunkaddr485 = getelementptr i8, ptr %arg.work, i64 120
  %sunkaddr486 = getelementptr i8, ptr %arg.work, i64 16
  %sunkaddr487 = getelementptr i8, ptr %arg.work, i64 32
  %sunkaddr488 = getelementptr i8, ptr %arg.work, i64 48
  %sunkaddr489 = getelementptr i8, ptr %arg.work, i64 64
  %sunkaddr490 = getelementptr i8, ptr %arg.work, i64 80
  %sunkaddr491 = getelementptr i8, ptr %arg.work, i64 96
  %sunkaddr492 = getelementptr i8, ptr %arg.work, i64 112
  %sunkaddr494 = getelementptr i8, ptr %arg.work, i64 136
  %sunkaddr495 = getelementptr i8, ptr %arg.work, i64 144
  %sunkaddr496 = getelementptr i8, ptr %arg.work, i64 152
  %sunkaddr497 = getelementptr i8, ptr %arg.work, i64 160
  %sunkaddr498 = getelementptr i8, ptr %arg.work, i64 168
  %sunkaddr499 = getelementptr i8, ptr %arg.work, i64 176
  %sunkaddr500 = getelementptr i8, ptr %arg.work, i64 184
  %sunkaddr501 = getelementptr i8, ptr %arg.work, i64 192
  %sunkaddr502 = getelementptr i8, ptr %arg.work, i64 200
  %sunkaddr503 = getelementptr i8, ptr %arg.work, i64 208
  %sunkaddr504 = getelementptr i8, ptr %arg.work, i64 216
  %sunkaddr505 = getelementptr i8, ptr %arg.work, i64 224
  %sunkaddr506 = getelementptr i8, ptr %arg.work, i64 232
  %sunkaddr507 = getelementptr i8, ptr %arg.work, i64 240
  %sunkaddr508 = getelementptr i8, ptr %arg.work, i64 248
  %sunkaddr519 = shl i64 %arg.size, 2
  %sunkaddr329 = getelementptr i8, ptr %arg.state, i64 128
  %sunkaddr334 = getelementptr i8, ptr %arg.shelves, i64 128
  %sunkaddr337 = getelementptr i8, ptr %arg.shelves, i64 256
  %sunkaddr340 = getelementptr i8, ptr %arg.shelves, i64 384
  %sunkaddr343 = getelementptr i8, ptr %arg.shelves, i64 512
  %sunkaddr346 = getelementptr i8, ptr %arg.shelves, i64 640
  %sunkaddr352 = getelementptr i8, ptr %arg.state, i64 32
  %sunkaddr355 = getelementptr i8, ptr %arg.state, i64 160
  %sunkaddr358 = getelementptr i8, ptr %arg.shelves, i64 32
  %sunkaddr361 = getelementptr i8, ptr %arg.shelves, i64 160
  %sunkaddr364 = getelementptr i8, ptr %arg.shelves, i64 288
  %sunkaddr367 = getelementptr i8, ptr %arg.shelves, i64 416
  %sunkaddr370 = getelementptr i8, ptr %arg.shelves, i64 544
  %sunkaddr373 = getelementptr i8, ptr %arg.shelves, i64 672
  %sunkaddr326.1 = getelementptr i8, ptr %arg.state, i64 64
  %sunkaddr329.1 = getelementptr i8, ptr %arg.state, i64 192
  %sunkaddr331.1 = getelementptr i8, ptr %arg.shelves, i64 64
  %sunkaddr334.1 = getelementptr i8, ptr %arg.shelves, i64 192
  %sunkaddr337.1 = getelementptr i8, ptr %arg.shelves, i64 320
  %sunkaddr340.1 = getelementptr i8, ptr %arg.shelves, i64 448
  %sunkaddr343.1 = getelementptr i8, ptr %arg.shelves, i64 576
  %sunkaddr346.1 = getelementptr i8, ptr %arg.shelves, i64 704
  %sunkaddr349.1 = getelementptr i8, ptr %arg.work, i64 96
  %sunkaddr352.1 = getelementptr i8, ptr %arg.state, i64 96
  %sunkaddr355.1 = getelementptr i8, ptr %arg.state, i64 224
  %sunkaddr358.1 = getelementptr i8, ptr %arg.shelves, i64 96
  %sunkaddr361.1 = getelementptr i8, ptr %arg.shelves, i64 224
  %sunkaddr364.1 = getelementptr i8, ptr %arg.shelves, i64 352
  %sunkaddr367.1 = getelementptr i8, ptr %arg.shelves, i64 480
  %sunkaddr370.1 = getelementptr i8, ptr %arg.shelves, i64 608
  %sunkaddr373.1 = getelementptr i8, ptr %arg.shelves, i64 736
  %sunkaddr432 = getelementptr i8, ptr %arg.state, i64 384
  %sunkaddr438 = getelementptr i8, ptr %arg.shelves, i64 896
  %sunkaddr441 = getelementptr i8, ptr %arg.shelves, i64 1024
  %sunkaddr444 = getelementptr i8, ptr %arg.shelves, i64 1152
  %sunkaddr447 = getelementptr i8, ptr %arg.shelves, i64 1280
  %sunkaddr450 = getelementptr i8, ptr %arg.shelves, i64 1408
  %sunkaddr456 = getelementptr i8, ptr %arg.state, i64 288
  %sunkaddr459 = getelementptr i8, ptr %arg.state, i64 416
  %sunkaddr462 = getelementptr i8, ptr %arg.shelves, i64 800
  %sunkaddr465 = getelementptr i8, ptr %arg.shelves, i64 928
  %sunkaddr468 = getelementptr i8, ptr %arg.shelves, i64 1056
  %sunkaddr471 = getelementptr i8, ptr %arg.shelves, i64 1184
  %sunkaddr474 = getelementptr i8, ptr %arg.shelves, i64 1312
  %sunkaddr477 = getelementptr i8, ptr %arg.shelves, i64 1440
  %sunkaddr429.1 = getelementptr i8, ptr %arg.state, i64 320
  %sunkaddr432.1 = getelementptr i8, ptr %arg.state, i64 448
  %sunkaddr435.1 = getelementptr i8, ptr %arg.shelves, i64 832
  %sunkaddr438.1 = getelementptr i8, ptr %arg.shelves, i64 960
  %sunkaddr441.1 = getelementptr i8, ptr %arg.shelves, i64 1088
  %sunkaddr444.1 = getelementptr i8, ptr %arg.shelves, i64 1216
  %sunkaddr447.1 = getelementptr i8, ptr %arg.shelves, i64 1344
  %sunkaddr450.1 = getelementptr i8, ptr %arg.shelves, i64 1472
  %sunkaddr453.1 = getelementptr i8, ptr %arg.work, i64 96
  %sunkaddr456.1 = getelementptr i8, ptr %arg.state, i64 352
  %sunkaddr459.1 = getelementptr i8, ptr %arg.state, i64 480
  %sunkaddr462.1 = getelementptr i8, ptr %arg.shelves, i64 864
  %sunkaddr465.1 = getelementptr i8, ptr %arg.shelves, i64 992
  %sunkaddr468.1 = getelementptr i8, ptr %arg.shelves, i64 1120
  %sunkaddr471.1 = getelementptr i8, ptr %arg.shelves, i64 1248
  %sunkaddr474.1 = getelementptr i8, ptr %arg.shelves, i64 1376
  %sunkaddr477.1 = getelementptr i8, ptr %arg.shelves, i64 1504
  %sunkaddr515.2 = getelementptr i8, ptr %arg.work, i64 72
  %sunkaddr523.2 = getelementptr i8, ptr %arg.work, i64 80
  %sunkaddr528.2 = getelementptr i8, ptr %arg.work, i64 88
  %sunkaddr515.3 = getelementptr i8, ptr %arg.work, i64 104
  %sunkaddr523.3 = getelementptr i8, ptr %arg.work, i64 112
  %sunkaddr528.3 = getelementptr i8, ptr %arg.work, i64 120
  %5 = insertelement <2 x double> poison, double %arg.glide, i64 0
  %6 = shufflevector <2 x double> %5, <2 x double> poison, <2 x i32> zeroinitializer
  %7 = getelementptr i8, ptr %arg.state, i64 128
  %8 = getelementptr i8, ptr %arg.shelves, i64 128
  %9 = getelementptr i8, ptr %arg.shelves, i64 256
  %10 = getelementptr i8, ptr %arg.shelves, i64 384
  %11 = getelementptr i8, ptr %arg.shelves, i64 512
  %12 = getelementptr i8, ptr %arg.shelves, i64 640
  %13 = getelementptr i8, ptr %arg.work, i64 64
  %14 = getelementptr i8, ptr %arg.state, i64 64
  %15 = getelementptr i8, ptr %arg.state, i64 192
  %16 = getelementptr i8, ptr %arg.shelves, i64 64
  %17 = getelementptr i8, ptr %arg.shelves, i64 192
  %18 = getelementptr i8, ptr %arg.shelves, i64 320
  %19 = getelementptr i8, ptr %arg.shelves, i64 448
  %20 = getelementptr i8, ptr %arg.shelves, i64 576
  %21 = getelementptr i8, ptr %arg.shelves, i64 704
  %22 = getelementptr i8, ptr %arg.state, i64 256
  %23 = getelementptr i8, ptr %arg.state, i64 384
  %24 = getelementptr i8, ptr %arg.shelves, i64 768
  %25 = getelementptr i8, ptr %arg.shelves, i64 896
  %26 = getelementptr i8, ptr %arg.shelves, i64 1024
  %27 = getelementptr i8, ptr %arg.shelves, i64 1152
  %28 = getelementptr i8, ptr %arg.shelves, i64 1280
  %29 = getelementptr i8, ptr %arg.shelves, i64 1408
  %30 = getelementptr i8, ptr %arg.work, i64 64
  %31 = getelementptr i8, ptr %arg.state, i64 320
  %32 = getelementptr i8, ptr %arg.state, i64 448
  %33 = getelementptr i8, ptr %arg.shelves, i64 832
  %34 = getelementptr i8, ptr %arg.shelves, i64 960
  %35 = getelementptr i8, ptr %arg.shelves, i64 1088
  %36 = getelementptr i8, ptr %arg.shelves, i64 1216
  %37 = getelementptr i8, ptr %arg.shelves, i64 1344
  %38 = getelementptr i8, ptr %arg.shelves, i64 1472
  br label %B34.if

B3519:                                            ; preds = %B1264.if, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B1264.if, %B34.if.lr.ph
  %.125582662 = phi i64 [ 0, %B34.if.lr.ph ], [ %.132, %B1264.if ]
  %.162 = add nsw i64 %.125582662, %arg.position
  br label %B90.if

B90.if:                                           ; preds = %B90.if, %B34.if
  %lsr.iv107 = phi ptr [ %scevgep108, %B90.if ], [ %arg.lines, %B34.if ]
  %lsr.iv = phi i64 [ %lsr.iv.next, %B90.if ], [ 1, %B34.if ]
  %39 = shl nsw i64 %lsr.iv, 3
  %scevgep102 = getelementptr i8, ptr %arg.present, i64 %39
  %scevgep103 = getelementptr i8, ptr %scevgep102, i64 -8
  %scevgep105 = getelementptr i8, ptr %arg.lengths, i64 %39
  %scevgep106 = getelementptr i8, ptr %scevgep105, i64 -8
  %scevgep112 = getelementptr i8, ptr %arg.work, i64 %39
  %scevgep113 = getelementptr i8, ptr %scevgep112, i64 -8
  %40 = load <2 x double>, ptr %scevgep103, align 8
  %41 = load <2 x double>, ptr %scevgep106, align 8
  %42 = fsub <2 x double> %41, %40
  %43 = fmul <2 x double> %6, %42
  %44 = fadd <2 x double> %40, %43
  %45 = fsub <2 x double> %44, %41
  %46 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %45)
  %47 = fcmp olt <2 x double> %46, splat (double 1.000000e-02)
  %48 = select <2 x i1> %47, <2 x double> %41, <2 x double> %44
  %49 = extractelement <2 x double> %48, i64 0
  store <2 x double> %48, ptr %scevgep103, align 8
  %50 = extractelement <2 x double> %48, i64 1
  %.5.i.1 = fptosi double %50 to i64
  %.5.i = fptosi double %49 to i64
  %.367 = sub nsw i64 %.162, %.5.i
  %.370 = and i64 %.367, %.369
  %51 = shl i64 %.370, 2
  %scevgep115 = getelementptr i8, ptr %lsr.iv107, i64 %51
  %.374 = load float, ptr %scevgep115, align 4
  %.380 = add i64 %.367, 4611686018427387903
  %.383 = and i64 %.380, %.369
  %52 = shl i64 %.383, 2
  %scevgep114 = getelementptr i8, ptr %lsr.iv107, i64 %52
  %.387 = load float, ptr %scevgep114, align 4
  %.361.1 = sitofp i64 %.5.i.1 to double
  %.361 = sitofp i64 %.5.i to double
  %53 = insertelement <2 x double> poison, double %.361, i64 0
  %54 = insertelement <2 x double> %53, double %.361.1, i64 1
  %55 = fsub <2 x double> %48, %54
  %.367.1 = sub nsw i64 %.162, %.5.i.1
  %.370.1 = and i64 %.367.1, %.369
  %56 = add i64 %.370.1, %arg.size
  %57 = shl i64 %56, 2
  %scevgep110 = getelementptr i8, ptr %lsr.iv107, i64 %57
  %.374.1 = load float, ptr %scevgep110, align 4
  %.380.1 = add i64 %.367.1, 4611686018427387903
  %.383.1 = and i64 %.380.1, %.369
  %58 = add i64 %.383.1, %arg.size
  %59 = shl i64 %58, 2
  %scevgep109 = getelementptr i8, ptr %lsr.iv107, i64 %59
  %.387.1 = load float, ptr %scevgep109, align 4
  %60 = fsub <2 x double> splat (double 1.000000e+00), %55
  %61 = insertelement <2 x float> poison, float %.374, i64 0
  %62 = insertelement <2 x float> %61, float %.374.1, i64 1
  %63 = fpext <2 x float> %62 to <2 x double>
  %64 = fmul <2 x double> %60, %63
  %65 = insertelement <2 x float> poison, float %.387, i64 0
  %66 = insertelement <2 x float> %65, float %.387.1, i64 1
  %67 = fpext <2 x float> %66 to <2 x double>
  %68 = fmul <2 x double> %55, %67
  %69 = fadd <2 x double> %68, %64
  store <2 x double> %69, ptr %scevgep113, align 8
  %lsr.iv.next = add nsw i64 %lsr.iv, 2
  %scevgep108 = getelementptr i8, ptr %lsr.iv107, i64 %2
  %exitcond.not.1 = icmp eq i64 %lsr.iv.next, 17
  br i1 %exitcond.not.1, label %vector.memcheck26, label %B90.if

vector.memcheck26:                                ; preds = %B90.if
  br i1 %conflict.rdx37, label %vector.body94, label %vector.body40.preheader

vector.body94:                                    ; preds = %vector.memcheck26
  %wide.vec97 = load <8 x double>, ptr %arg.work, align 8
  %wide.vec100 = load <8 x double>, ptr %arg.state, align 8
  %strided.vec101 = shufflevector <8 x double> %wide.vec100, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec102 = shufflevector <8 x double> %wide.vec100, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %wide.vec103 = load <8 x double>, ptr %7, align 8
  %strided.vec104 = shufflevector <8 x double> %wide.vec103, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec105 = shufflevector <8 x double> %wide.vec103, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %70 = fsub <8 x double> %wide.vec97, %wide.vec103
  %wide.vec106 = load <8 x double>, ptr %arg.shelves, align 8
  %71 = fmul <8 x double> %wide.vec100, %wide.vec106
  %wide.vec109 = load <8 x double>, ptr %8, align 8
  %72 = fmul <8 x double> %70, %wide.vec109
  %73 = fadd <8 x double> %71, %72
  %74 = shufflevector <8 x double> %73, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %75 = fmul <8 x double> %wide.vec100, %wide.vec109
  %wide.vec112 = load <8 x double>, ptr %9, align 8
  %76 = fmul <8 x double> %70, %wide.vec112
  %77 = fadd <8 x double> %75, %76
  %78 = fadd <8 x double> %wide.vec103, %77
  %79 = shufflevector <8 x double> %78, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %80 = fmul <4 x double> %74, splat (double 2.000000e+00)
  %81 = fsub <4 x double> %80, %strided.vec101
  %82 = fmul <4 x double> %79, splat (double 2.000000e+00)
  %83 = fsub <4 x double> %82, %strided.vec104
  %84 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %81)
  %85 = fcmp ogt <4 x double> %84, splat (double 1.000000e-25)
  %86 = select <4 x i1> %85, <4 x double> %81, <4 x double> zeroinitializer
  %87 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %83)
  %88 = fcmp ogt <4 x double> %87, splat (double 1.000000e-25)
  %89 = select <4 x i1> %88, <4 x double> %83, <4 x double> zeroinitializer
  %wide.vec115 = load <8 x double>, ptr %10, align 8
  %90 = fmul <8 x double> %wide.vec97, %wide.vec115
  %wide.vec118 = load <8 x double>, ptr %11, align 8
  %91 = fmul <8 x double> %73, %wide.vec118
  %92 = fadd <8 x double> %90, %91
  %wide.vec121 = load <8 x double>, ptr %12, align 8
  %93 = fmul <8 x double> %78, %wide.vec121
  %94 = fadd <8 x double> %92, %93
  %95 = fsub <8 x double> %wide.vec97, %wide.vec103
  %96 = fmul <8 x double> %wide.vec100, %wide.vec106
  %97 = fmul <8 x double> %95, %wide.vec109
  %98 = fadd <8 x double> %96, %97
  %99 = shufflevector <8 x double> %98, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %100 = fmul <8 x double> %wide.vec100, %wide.vec109
  %101 = fmul <8 x double> %95, %wide.vec112
  %102 = fadd <8 x double> %100, %101
  %103 = fadd <8 x double> %wide.vec103, %102
  %104 = shufflevector <8 x double> %103, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %105 = fmul <4 x double> %99, splat (double 2.000000e+00)
  %106 = fsub <4 x double> %105, %strided.vec102
  %107 = fmul <4 x double> %104, splat (double 2.000000e+00)
  %108 = fsub <4 x double> %107, %strided.vec105
  %109 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %106)
  %110 = fcmp ogt <4 x double> %109, splat (double 1.000000e-25)
  %111 = select <4 x i1> %110, <4 x double> %106, <4 x double> zeroinitializer
  %interleaved.vec124 = shufflevector <4 x double> %86, <4 x double> %111, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec124, ptr %arg.state, align 8
  %112 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %108)
  %113 = fcmp ogt <4 x double> %112, splat (double 1.000000e-25)
  %114 = select <4 x i1> %113, <4 x double> %108, <4 x double> zeroinitializer
  %interleaved.vec125 = shufflevector <4 x double> %89, <4 x double> %114, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec125, ptr %7, align 8
  %115 = fmul <8 x double> %wide.vec97, %wide.vec115
  %116 = fmul <8 x double> %98, %wide.vec118
  %117 = fadd <8 x double> %115, %116
  %118 = fmul <8 x double> %103, %wide.vec121
  %119 = fadd <8 x double> %117, %118
  %interleaved.vec126 = shufflevector <8 x double> %94, <8 x double> %119, <8 x i32> <i32 0, i32 9, i32 2, i32 11, i32 4, i32 13, i32 6, i32 15>
  store <8 x double> %interleaved.vec126, ptr %arg.work, align 8
  %wide.vec97.1 = load <8 x double>, ptr %13, align 8
  %wide.vec100.1 = load <8 x double>, ptr %14, align 8
  %strided.vec101.1 = shufflevector <8 x double> %wide.vec100.1, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec102.1 = shufflevector <8 x double> %wide.vec100.1, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %wide.vec103.1 = load <8 x double>, ptr %15, align 8
  %strided.vec104.1 = shufflevector <8 x double> %wide.vec103.1, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec105.1 = shufflevector <8 x double> %wide.vec103.1, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %120 = fsub <8 x double> %wide.vec97.1, %wide.vec103.1
  %wide.vec106.1 = load <8 x double>, ptr %16, align 8
  %121 = fmul <8 x double> %wide.vec100.1, %wide.vec106.1
  %wide.vec109.1 = load <8 x double>, ptr %17, align 8
  %122 = fmul <8 x double> %120, %wide.vec109.1
  %123 = fadd <8 x double> %121, %122
  %124 = shufflevector <8 x double> %123, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %125 = fmul <8 x double> %wide.vec100.1, %wide.vec109.1
  %wide.vec112.1 = load <8 x double>, ptr %18, align 8
  %126 = fmul <8 x double> %120, %wide.vec112.1
  %127 = fadd <8 x double> %125, %126
  %128 = fadd <8 x double> %wide.vec103.1, %127
  %129 = shufflevector <8 x double> %128, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %130 = fmul <4 x double> %124, splat (double 2.000000e+00)
  %131 = fsub <4 x double> %130, %strided.vec101.1
  %132 = fmul <4 x double> %129, splat (double 2.000000e+00)
  %133 = fsub <4 x double> %132, %strided.vec104.1
  %134 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %131)
  %135 = fcmp ogt <4 x double> %134, splat (double 1.000000e-25)
  %136 = select <4 x i1> %135, <4 x double> %131, <4 x double> zeroinitializer
  %137 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %133)
  %138 = fcmp ogt <4 x double> %137, splat (double 1.000000e-25)
  %139 = select <4 x i1> %138, <4 x double> %133, <4 x double> zeroinitializer
  %wide.vec115.1 = load <8 x double>, ptr %19, align 8
  %140 = fmul <8 x double> %wide.vec97.1, %wide.vec115.1
  %wide.vec118.1 = load <8 x double>, ptr %20, align 8
  %141 = fmul <8 x double> %123, %wide.vec118.1
  %142 = fadd <8 x double> %140, %141
  %wide.vec121.1 = load <8 x double>, ptr %21, align 8
  %143 = fmul <8 x double> %128, %wide.vec121.1
  %144 = fadd <8 x double> %142, %143
  %145 = fsub <8 x double> %wide.vec97.1, %wide.vec103.1
  %146 = fmul <8 x double> %wide.vec100.1, %wide.vec106.1
  %147 = fmul <8 x double> %145, %wide.vec109.1
  %148 = fadd <8 x double> %146, %147
  %149 = shufflevector <8 x double> %148, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %150 = fmul <8 x double> %wide.vec100.1, %wide.vec109.1
  %151 = fmul <8 x double> %145, %wide.vec112.1
  %152 = fadd <8 x double> %150, %151
  %153 = fadd <8 x double> %wide.vec103.1, %152
  %154 = shufflevector <8 x double> %153, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %155 = fmul <4 x double> %149, splat (double 2.000000e+00)
  %156 = fsub <4 x double> %155, %strided.vec102.1
  %157 = fmul <4 x double> %154, splat (double 2.000000e+00)
  %158 = fsub <4 x double> %157, %strided.vec105.1
  %159 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %156)
  %160 = fcmp ogt <4 x double> %159, splat (double 1.000000e-25)
  %161 = select <4 x i1> %160, <4 x double> %156, <4 x double> zeroinitializer
  %interleaved.vec124.1 = shufflevector <4 x double> %136, <4 x double> %161, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec124.1, ptr %14, align 8
  %162 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %158)
  %163 = fcmp ogt <4 x double> %162, splat (double 1.000000e-25)
  %164 = select <4 x i1> %163, <4 x double> %158, <4 x double> zeroinitializer
  %interleaved.vec125.1 = shufflevector <4 x double> %139, <4 x double> %164, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec125.1, ptr %15, align 8
  %165 = fmul <8 x double> %wide.vec97.1, %wide.vec115.1
  %166 = fmul <8 x double> %148, %wide.vec118.1
  %167 = fadd <8 x double> %165, %166
  %168 = fmul <8 x double> %153, %wide.vec121.1
  %169 = fadd <8 x double> %167, %168
  %interleaved.vec126.1 = shufflevector <8 x double> %144, <8 x double> %169, <8 x i32> <i32 0, i32 9, i32 2, i32 11, i32 4, i32 13, i32 6, i32 15>
  store <8 x double> %interleaved.vec126.1, ptr %13, align 8
  br label %vector.memcheck

vector.body40.preheader:                          ; preds = %vector.memcheck26
  %wide.load42 = load <4 x double>, ptr %arg.work, align 8
  %wide.load43 = load <4 x double>, ptr %arg.state, align 8
  %wide.load44 = load <4 x double>, ptr %sunkaddr329, align 8
  %170 = fsub <4 x double> %wide.load42, %wide.load44
  %wide.load45 = load <4 x double>, ptr %arg.shelves, align 8
  %171 = fmul <4 x double> %wide.load43, %wide.load45
  %wide.load46 = load <4 x double>, ptr %sunkaddr334, align 8
  %172 = fmul <4 x double> %170, %wide.load46
  %173 = fadd <4 x double> %171, %172
  %174 = fmul <4 x double> %wide.load43, %wide.load46
  %wide.load47 = load <4 x double>, ptr %sunkaddr337, align 8
  %175 = fmul <4 x double> %170, %wide.load47
  %176 = fadd <4 x double> %174, %175
  %177 = fadd <4 x double> %wide.load44, %176
  %178 = fmul <4 x double> %173, splat (double 2.000000e+00)
  %179 = fsub <4 x double> %178, %wide.load43
  %180 = fmul <4 x double> %177, splat (double 2.000000e+00)
  %181 = fsub <4 x double> %180, %wide.load44
  %182 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %179)
  %183 = fcmp ogt <4 x double> %182, splat (double 1.000000e-25)
  %184 = select <4 x i1> %183, <4 x double> %179, <4 x double> zeroinitializer
  store <4 x double> %184, ptr %arg.state, align 8
  %185 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %181)
  %186 = fcmp ogt <4 x double> %185, splat (double 1.000000e-25)
  %187 = select <4 x i1> %186, <4 x double> %181, <4 x double> zeroinitializer
  store <4 x double> %187, ptr %sunkaddr329, align 8
  %wide.load48 = load <4 x double>, ptr %sunkaddr340, align 8
  %188 = fmul <4 x double> %wide.load42, %wide.load48
  %wide.load49 = load <4 x double>, ptr %sunkaddr343, align 8
  %189 = fmul <4 x double> %173, %wide.load49
  %190 = fadd <4 x double> %188, %189
  %wide.load50 = load <4 x double>, ptr %sunkaddr346, align 8
  %191 = fmul <4 x double> %177, %wide.load50
  %192 = fadd <4 x double> %190, %191
  store <4 x double> %192, ptr %arg.work, align 8
  %wide.load42.1 = load <4 x double>, ptr %sunkaddr487, align 8
  %wide.load43.1 = load <4 x double>, ptr %sunkaddr352, align 8
  %wide.load44.1 = load <4 x double>, ptr %sunkaddr355, align 8
  %193 = fsub <4 x double> %wide.load42.1, %wide.load44.1
  %wide.load45.1 = load <4 x double>, ptr %sunkaddr358, align 8
  %194 = fmul <4 x double> %wide.load43.1, %wide.load45.1
  %wide.load46.1 = load <4 x double>, ptr %sunkaddr361, align 8
  %195 = fmul <4 x double> %193, %wide.load46.1
  %196 = fadd <4 x double> %194, %195
  %197 = fmul <4 x double> %wide.load43.1, %wide.load46.1
  %wide.load47.1 = load <4 x double>, ptr %sunkaddr364, align 8
  %198 = fmul <4 x double> %193, %wide.load47.1
  %199 = fadd <4 x double> %197, %198
  %200 = fadd <4 x double> %wide.load44.1, %199
  %201 = fmul <4 x double> %196, splat (double 2.000000e+00)
  %202 = fsub <4 x double> %201, %wide.load43.1
  %203 = fmul <4 x double> %200, splat (double 2.000000e+00)
  %204 = fsub <4 x double> %203, %wide.load44.1
  %205 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %202)
  %206 = fcmp ogt <4 x double> %205, splat (double 1.000000e-25)
  %207 = select <4 x i1> %206, <4 x double> %202, <4 x double> zeroinitializer
  store <4 x double> %207, ptr %sunkaddr352, align 8
  %208 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %204)
  %209 = fcmp ogt <4 x double> %208, splat (double 1.000000e-25)
  %210 = select <4 x i1> %209, <4 x double> %204, <4 x double> zeroinitializer
  store <4 x double> %210, ptr %sunkaddr355, align 8
  %wide.load48.1 = load <4 x double>, ptr %sunkaddr367, align 8
  %211 = fmul <4 x double> %wide.load42.1, %wide.load48.1
  %wide.load49.1 = load <4 x double>, ptr %sunkaddr370, align 8
  %212 = fmul <4 x double> %196, %wide.load49.1
  %213 = fadd <4 x double> %211, %212
  %wide.load50.1 = load <4 x double>, ptr %sunkaddr373, align 8
  %214 = fmul <4 x double> %200, %wide.load50.1
  %215 = fadd <4 x double> %213, %214
  store <4 x double> %215, ptr %sunkaddr487, align 8
  %wide.load42.15 = load <4 x double>, ptr %sunkaddr489, align 8
  %wide.load43.16 = load <4 x double>, ptr %sunkaddr326.1, align 8
  %wide.load44.17 = load <4 x double>, ptr %sunkaddr329.1, align 8
  %216 = fsub <4 x double> %wide.load42.15, %wide.load44.17
  %wide.load45.18 = load <4 x double>, ptr %sunkaddr331.1, align 8
  %217 = fmul <4 x double> %wide.load43.16, %wide.load45.18
  %wide.load46.19 = load <4 x double>, ptr %sunkaddr334.1, align 8
  %218 = fmul <4 x double> %216, %wide.load46.19
  %219 = fadd <4 x double> %217, %218
  %220 = fmul <4 x double> %wide.load43.16, %wide.load46.19
  %wide.load47.110 = load <4 x double>, ptr %sunkaddr337.1, align 8
  %221 = fmul <4 x double> %216, %wide.load47.110
  %222 = fadd <4 x double> %220, %221
  %223 = fadd <4 x double> %wide.load44.17, %222
  %224 = fmul <4 x double> %219, splat (double 2.000000e+00)
  %225 = fsub <4 x double> %224, %wide.load43.16
  %226 = fmul <4 x double> %223, splat (double 2.000000e+00)
  %227 = fsub <4 x double> %226, %wide.load44.17
  %228 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %225)
  %229 = fcmp ogt <4 x double> %228, splat (double 1.000000e-25)
  %230 = select <4 x i1> %229, <4 x double> %225, <4 x double> zeroinitializer
  store <4 x double> %230, ptr %sunkaddr326.1, align 8
  %231 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %227)
  %232 = fcmp ogt <4 x double> %231, splat (double 1.000000e-25)
  %233 = select <4 x i1> %232, <4 x double> %227, <4 x double> zeroinitializer
  store <4 x double> %233, ptr %sunkaddr329.1, align 8
  %wide.load48.111 = load <4 x double>, ptr %sunkaddr340.1, align 8
  %234 = fmul <4 x double> %wide.load42.15, %wide.load48.111
  %wide.load49.112 = load <4 x double>, ptr %sunkaddr343.1, align 8
  %235 = fmul <4 x double> %219, %wide.load49.112
  %236 = fadd <4 x double> %234, %235
  %wide.load50.113 = load <4 x double>, ptr %sunkaddr346.1, align 8
  %237 = fmul <4 x double> %223, %wide.load50.113
  %238 = fadd <4 x double> %236, %237
  store <4 x double> %238, ptr %sunkaddr489, align 8
  %wide.load42.1.1 = load <4 x double>, ptr %sunkaddr349.1, align 8
  %wide.load43.1.1 = load <4 x double>, ptr %sunkaddr352.1, align 8
  %wide.load44.1.1 = load <4 x double>, ptr %sunkaddr355.1, align 8
  %239 = fsub <4 x double> %wide.load42.1.1, %wide.load44.1.1
  %wide.load45.1.1 = load <4 x double>, ptr %sunkaddr358.1, align 8
  %240 = fmul <4 x double> %wide.load43.1.1, %wide.load45.1.1
  %wide.load46.1.1 = load <4 x double>, ptr %sunkaddr361.1, align 8
  %241 = fmul <4 x double> %239, %wide.load46.1.1
  %242 = fadd <4 x double> %240, %241
  %243 = fmul <4 x double> %wide.load43.1.1, %wide.load46.1.1
  %wide.load47.1.1 = load <4 x double>, ptr %sunkaddr364.1, align 8
  %244 = fmul <4 x double> %239, %wide.load47.1.1
  %245 = fadd <4 x double> %243, %244
  %246 = fadd <4 x double> %wide.load44.1.1, %245
  %247 = fmul <4 x double> %242, splat (double 2.000000e+00)
  %248 = fsub <4 x double> %247, %wide.load43.1.1
  %249 = fmul <4 x double> %246, splat (double 2.000000e+00)
  %250 = fsub <4 x double> %249, %wide.load44.1.1
  %251 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %248)
  %252 = fcmp ogt <4 x double> %251, splat (double 1.000000e-25)
  %253 = select <4 x i1> %252, <4 x double> %248, <4 x double> zeroinitializer
  store <4 x double> %253, ptr %sunkaddr352.1, align 8
  %254 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %250)
  %255 = fcmp ogt <4 x double> %254, splat (double 1.000000e-25)
  %256 = select <4 x i1> %255, <4 x double> %250, <4 x double> zeroinitializer
  store <4 x double> %256, ptr %sunkaddr355.1, align 8
  %wide.load48.1.1 = load <4 x double>, ptr %sunkaddr367.1, align 8
  %257 = fmul <4 x double> %wide.load42.1.1, %wide.load48.1.1
  %wide.load49.1.1 = load <4 x double>, ptr %sunkaddr370.1, align 8
  %258 = fmul <4 x double> %242, %wide.load49.1.1
  %259 = fadd <4 x double> %257, %258
  %wide.load50.1.1 = load <4 x double>, ptr %sunkaddr373.1, align 8
  %260 = fmul <4 x double> %246, %wide.load50.1.1
  %261 = fadd <4 x double> %259, %260
  store <4 x double> %261, ptr %sunkaddr349.1, align 8
  br label %vector.memcheck

vector.memcheck:                                  ; preds = %vector.body94, %vector.body40.preheader
  br i1 %conflict.rdx17, label %vector.body, label %vector.body.preheader

vector.body:                                      ; preds = %vector.memcheck
  %wide.vec = load <8 x double>, ptr %arg.work, align 8
  %wide.vec67 = load <8 x double>, ptr %22, align 8
  %strided.vec68 = shufflevector <8 x double> %wide.vec67, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec69 = shufflevector <8 x double> %wide.vec67, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %wide.vec70 = load <8 x double>, ptr %23, align 8
  %strided.vec71 = shufflevector <8 x double> %wide.vec70, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec72 = shufflevector <8 x double> %wide.vec70, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %262 = fsub <8 x double> %wide.vec, %wide.vec70
  %wide.vec73 = load <8 x double>, ptr %24, align 8
  %263 = fmul <8 x double> %wide.vec67, %wide.vec73
  %wide.vec76 = load <8 x double>, ptr %25, align 8
  %264 = fmul <8 x double> %262, %wide.vec76
  %265 = fadd <8 x double> %263, %264
  %266 = shufflevector <8 x double> %265, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %267 = fmul <8 x double> %wide.vec67, %wide.vec76
  %wide.vec79 = load <8 x double>, ptr %26, align 8
  %268 = fmul <8 x double> %262, %wide.vec79
  %269 = fadd <8 x double> %267, %268
  %270 = fadd <8 x double> %wide.vec70, %269
  %271 = shufflevector <8 x double> %270, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %272 = fmul <4 x double> %266, splat (double 2.000000e+00)
  %273 = fsub <4 x double> %272, %strided.vec68
  %274 = fmul <4 x double> %271, splat (double 2.000000e+00)
  %275 = fsub <4 x double> %274, %strided.vec71
  %276 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %273)
  %277 = fcmp ogt <4 x double> %276, splat (double 1.000000e-25)
  %278 = select <4 x i1> %277, <4 x double> %273, <4 x double> zeroinitializer
  %279 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %275)
  %280 = fcmp ogt <4 x double> %279, splat (double 1.000000e-25)
  %281 = select <4 x i1> %280, <4 x double> %275, <4 x double> zeroinitializer
  %wide.vec82 = load <8 x double>, ptr %27, align 8
  %282 = fmul <8 x double> %wide.vec, %wide.vec82
  %wide.vec85 = load <8 x double>, ptr %28, align 8
  %283 = fmul <8 x double> %265, %wide.vec85
  %284 = fadd <8 x double> %282, %283
  %wide.vec88 = load <8 x double>, ptr %29, align 8
  %285 = fmul <8 x double> %270, %wide.vec88
  %286 = fadd <8 x double> %284, %285
  %287 = fsub <8 x double> %wide.vec, %wide.vec70
  %288 = fmul <8 x double> %wide.vec67, %wide.vec73
  %289 = fmul <8 x double> %287, %wide.vec76
  %290 = fadd <8 x double> %288, %289
  %291 = shufflevector <8 x double> %290, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %292 = fmul <8 x double> %wide.vec67, %wide.vec76
  %293 = fmul <8 x double> %287, %wide.vec79
  %294 = fadd <8 x double> %292, %293
  %295 = fadd <8 x double> %wide.vec70, %294
  %296 = shufflevector <8 x double> %295, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %297 = fmul <4 x double> %291, splat (double 2.000000e+00)
  %298 = fsub <4 x double> %297, %strided.vec69
  %299 = fmul <4 x double> %296, splat (double 2.000000e+00)
  %300 = fsub <4 x double> %299, %strided.vec72
  %301 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %298)
  %302 = fcmp ogt <4 x double> %301, splat (double 1.000000e-25)
  %303 = select <4 x i1> %302, <4 x double> %298, <4 x double> zeroinitializer
  %interleaved.vec = shufflevector <4 x double> %278, <4 x double> %303, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec, ptr %22, align 8
  %304 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %300)
  %305 = fcmp ogt <4 x double> %304, splat (double 1.000000e-25)
  %306 = select <4 x i1> %305, <4 x double> %300, <4 x double> zeroinitializer
  %interleaved.vec91 = shufflevector <4 x double> %281, <4 x double> %306, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec91, ptr %23, align 8
  %307 = fmul <8 x double> %wide.vec, %wide.vec82
  %308 = fmul <8 x double> %290, %wide.vec85
  %309 = fadd <8 x double> %307, %308
  %310 = fmul <8 x double> %295, %wide.vec88
  %311 = fadd <8 x double> %309, %310
  %interleaved.vec92 = shufflevector <8 x double> %286, <8 x double> %311, <8 x i32> <i32 0, i32 9, i32 2, i32 11, i32 4, i32 13, i32 6, i32 15>
  store <8 x double> %interleaved.vec92, ptr %arg.work, align 8
  %wide.vec.1 = load <8 x double>, ptr %30, align 8
  %wide.vec67.1 = load <8 x double>, ptr %31, align 8
  %strided.vec68.1 = shufflevector <8 x double> %wide.vec67.1, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec69.1 = shufflevector <8 x double> %wide.vec67.1, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %wide.vec70.1 = load <8 x double>, ptr %32, align 8
  %strided.vec71.1 = shufflevector <8 x double> %wide.vec70.1, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %strided.vec72.1 = shufflevector <8 x double> %wide.vec70.1, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %312 = fsub <8 x double> %wide.vec.1, %wide.vec70.1
  %wide.vec73.1 = load <8 x double>, ptr %33, align 8
  %313 = fmul <8 x double> %wide.vec67.1, %wide.vec73.1
  %wide.vec76.1 = load <8 x double>, ptr %34, align 8
  %314 = fmul <8 x double> %312, %wide.vec76.1
  %315 = fadd <8 x double> %313, %314
  %316 = shufflevector <8 x double> %315, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %317 = fmul <8 x double> %wide.vec67.1, %wide.vec76.1
  %wide.vec79.1 = load <8 x double>, ptr %35, align 8
  %318 = fmul <8 x double> %312, %wide.vec79.1
  %319 = fadd <8 x double> %317, %318
  %320 = fadd <8 x double> %wide.vec70.1, %319
  %321 = shufflevector <8 x double> %320, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %322 = fmul <4 x double> %316, splat (double 2.000000e+00)
  %323 = fsub <4 x double> %322, %strided.vec68.1
  %324 = fmul <4 x double> %321, splat (double 2.000000e+00)
  %325 = fsub <4 x double> %324, %strided.vec71.1
  %326 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %323)
  %327 = fcmp ogt <4 x double> %326, splat (double 1.000000e-25)
  %328 = select <4 x i1> %327, <4 x double> %323, <4 x double> zeroinitializer
  %329 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %325)
  %330 = fcmp ogt <4 x double> %329, splat (double 1.000000e-25)
  %331 = select <4 x i1> %330, <4 x double> %325, <4 x double> zeroinitializer
  %wide.vec82.1 = load <8 x double>, ptr %36, align 8
  %332 = fmul <8 x double> %wide.vec.1, %wide.vec82.1
  %wide.vec85.1 = load <8 x double>, ptr %37, align 8
  %333 = fmul <8 x double> %315, %wide.vec85.1
  %334 = fadd <8 x double> %332, %333
  %wide.vec88.1 = load <8 x double>, ptr %38, align 8
  %335 = fmul <8 x double> %320, %wide.vec88.1
  %336 = fadd <8 x double> %334, %335
  %337 = fsub <8 x double> %wide.vec.1, %wide.vec70.1
  %338 = fmul <8 x double> %wide.vec67.1, %wide.vec73.1
  %339 = fmul <8 x double> %337, %wide.vec76.1
  %340 = fadd <8 x double> %338, %339
  %341 = shufflevector <8 x double> %340, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %342 = fmul <8 x double> %wide.vec67.1, %wide.vec76.1
  %343 = fmul <8 x double> %337, %wide.vec79.1
  %344 = fadd <8 x double> %342, %343
  %345 = fadd <8 x double> %wide.vec70.1, %344
  %346 = shufflevector <8 x double> %345, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %347 = fmul <4 x double> %341, splat (double 2.000000e+00)
  %348 = fsub <4 x double> %347, %strided.vec69.1
  %349 = fmul <4 x double> %346, splat (double 2.000000e+00)
  %350 = fsub <4 x double> %349, %strided.vec72.1
  %351 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %348)
  %352 = fcmp ogt <4 x double> %351, splat (double 1.000000e-25)
  %353 = select <4 x i1> %352, <4 x double> %348, <4 x double> zeroinitializer
  %interleaved.vec.1 = shufflevector <4 x double> %328, <4 x double> %353, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec.1, ptr %31, align 8
  %354 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %350)
  %355 = fcmp ogt <4 x double> %354, splat (double 1.000000e-25)
  %356 = select <4 x i1> %355, <4 x double> %350, <4 x double> zeroinitializer
  %interleaved.vec91.1 = shufflevector <4 x double> %331, <4 x double> %356, <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  store <8 x double> %interleaved.vec91.1, ptr %32, align 8
  %357 = fmul <8 x double> %wide.vec.1, %wide.vec82.1
  %358 = fmul <8 x double> %340, %wide.vec85.1
  %359 = fadd <8 x double> %357, %358
  %360 = fmul <8 x double> %345, %wide.vec88.1
  %361 = fadd <8 x double> %359, %360
  %interleaved.vec92.1 = shufflevector <8 x double> %336, <8 x double> %361, <8 x i32> <i32 0, i32 9, i32 2, i32 11, i32 4, i32 13, i32 6, i32 15>
  store <8 x double> %interleaved.vec92.1, ptr %30, align 8
  %.974.1.pre = load double, ptr %sunkaddr480, align 8
  %.978.1.pre = load double, ptr %sunkaddr481, align 8
  %362 = load <2 x double>, ptr %sunkaddr489, align 8
  %363 = load <2 x double>, ptr %sunkaddr490, align 8
  %364 = load <2 x double>, ptr %sunkaddr491, align 8
  %365 = load <2 x double>, ptr %sunkaddr492, align 8
  br label %B1264.if

vector.body.preheader:                            ; preds = %vector.memcheck
  %wide.load = load <4 x double>, ptr %arg.work, align 8
  %wide.load18 = load <4 x double>, ptr %0, align 8
  %wide.load19 = load <4 x double>, ptr %sunkaddr432, align 8
  %366 = fsub <4 x double> %wide.load, %wide.load19
  %wide.load20 = load <4 x double>, ptr %1, align 8
  %367 = fmul <4 x double> %wide.load18, %wide.load20
  %wide.load21 = load <4 x double>, ptr %sunkaddr438, align 8
  %368 = fmul <4 x double> %366, %wide.load21
  %369 = fadd <4 x double> %367, %368
  %370 = fmul <4 x double> %wide.load18, %wide.load21
  %wide.load22 = load <4 x double>, ptr %sunkaddr441, align 8
  %371 = fmul <4 x double> %366, %wide.load22
  %372 = fadd <4 x double> %370, %371
  %373 = fadd <4 x double> %wide.load19, %372
  %374 = fmul <4 x double> %369, splat (double 2.000000e+00)
  %375 = fsub <4 x double> %374, %wide.load18
  %376 = fmul <4 x double> %373, splat (double 2.000000e+00)
  %377 = fsub <4 x double> %376, %wide.load19
  %378 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %375)
  %379 = fcmp ogt <4 x double> %378, splat (double 1.000000e-25)
  %380 = select <4 x i1> %379, <4 x double> %375, <4 x double> zeroinitializer
  store <4 x double> %380, ptr %0, align 8
  %381 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %377)
  %382 = fcmp ogt <4 x double> %381, splat (double 1.000000e-25)
  %383 = select <4 x i1> %382, <4 x double> %377, <4 x double> zeroinitializer
  store <4 x double> %383, ptr %sunkaddr432, align 8
  %wide.load23 = load <4 x double>, ptr %sunkaddr444, align 8
  %384 = fmul <4 x double> %wide.load, %wide.load23
  %wide.load24 = load <4 x double>, ptr %sunkaddr447, align 8
  %385 = fmul <4 x double> %369, %wide.load24
  %386 = fadd <4 x double> %384, %385
  %wide.load25 = load <4 x double>, ptr %sunkaddr450, align 8
  %387 = fmul <4 x double> %373, %wide.load25
  %388 = fadd <4 x double> %386, %387
  store <4 x double> %388, ptr %arg.work, align 8
  %wide.load.1 = load <4 x double>, ptr %sunkaddr487, align 8
  %wide.load18.1 = load <4 x double>, ptr %sunkaddr456, align 8
  %wide.load19.1 = load <4 x double>, ptr %sunkaddr459, align 8
  %389 = fsub <4 x double> %wide.load.1, %wide.load19.1
  %wide.load20.1 = load <4 x double>, ptr %sunkaddr462, align 8
  %390 = fmul <4 x double> %wide.load18.1, %wide.load20.1
  %wide.load21.1 = load <4 x double>, ptr %sunkaddr465, align 8
  %391 = fmul <4 x double> %389, %wide.load21.1
  %392 = fadd <4 x double> %390, %391
  %393 = fmul <4 x double> %wide.load18.1, %wide.load21.1
  %wide.load22.1 = load <4 x double>, ptr %sunkaddr468, align 8
  %394 = fmul <4 x double> %389, %wide.load22.1
  %395 = fadd <4 x double> %393, %394
  %396 = fadd <4 x double> %wide.load19.1, %395
  %397 = fmul <4 x double> %392, splat (double 2.000000e+00)
  %398 = fsub <4 x double> %397, %wide.load18.1
  %399 = fmul <4 x double> %396, splat (double 2.000000e+00)
  %400 = fsub <4 x double> %399, %wide.load19.1
  %401 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %398)
  %402 = fcmp ogt <4 x double> %401, splat (double 1.000000e-25)
  %403 = select <4 x i1> %402, <4 x double> %398, <4 x double> zeroinitializer
  store <4 x double> %403, ptr %sunkaddr456, align 8
  %404 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %400)
  %405 = fcmp ogt <4 x double> %404, splat (double 1.000000e-25)
  %406 = select <4 x i1> %405, <4 x double> %400, <4 x double> zeroinitializer
  store <4 x double> %406, ptr %sunkaddr459, align 8
  %wide.load23.1 = load <4 x double>, ptr %sunkaddr471, align 8
  %407 = fmul <4 x double> %wide.load.1, %wide.load23.1
  %wide.load24.1 = load <4 x double>, ptr %sunkaddr474, align 8
  %408 = fmul <4 x double> %392, %wide.load24.1
  %409 = fadd <4 x double> %407, %408
  %wide.load25.1 = load <4 x double>, ptr %sunkaddr477, align 8
  %410 = fmul <4 x double> %396, %wide.load25.1
  %411 = fadd <4 x double> %409, %410
  store <4 x double> %411, ptr %sunkaddr487, align 8
  %wide.load.114 = load <4 x double>, ptr %sunkaddr489, align 8
  %wide.load18.115 = load <4 x double>, ptr %sunkaddr429.1, align 8
  %wide.load19.116 = load <4 x double>, ptr %sunkaddr432.1, align 8
  %412 = fsub <4 x double> %wide.load.114, %wide.load19.116
  %wide.load20.117 = load <4 x double>, ptr %sunkaddr435.1, align 8
  %413 = fmul <4 x double> %wide.load18.115, %wide.load20.117
  %wide.load21.118 = load <4 x double>, ptr %sunkaddr438.1, align 8
  %414 = fmul <4 x double> %412, %wide.load21.118
  %415 = fadd <4 x double> %413, %414
  %416 = fmul <4 x double> %wide.load18.115, %wide.load21.118
  %wide.load22.119 = load <4 x double>, ptr %sunkaddr441.1, align 8
  %417 = fmul <4 x double> %412, %wide.load22.119
  %418 = fadd <4 x double> %416, %417
  %419 = fadd <4 x double> %wide.load19.116, %418
  %420 = fmul <4 x double> %415, splat (double 2.000000e+00)
  %421 = fsub <4 x double> %420, %wide.load18.115
  %422 = fmul <4 x double> %419, splat (double 2.000000e+00)
  %423 = fsub <4 x double> %422, %wide.load19.116
  %424 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %421)
  %425 = fcmp ogt <4 x double> %424, splat (double 1.000000e-25)
  %426 = select <4 x i1> %425, <4 x double> %421, <4 x double> zeroinitializer
  store <4 x double> %426, ptr %sunkaddr429.1, align 8
  %427 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %423)
  %428 = fcmp ogt <4 x double> %427, splat (double 1.000000e-25)
  %429 = select <4 x i1> %428, <4 x double> %423, <4 x double> zeroinitializer
  store <4 x double> %429, ptr %sunkaddr432.1, align 8
  %wide.load23.120 = load <4 x double>, ptr %sunkaddr444.1, align 8
  %430 = fmul <4 x double> %wide.load.114, %wide.load23.120
  %wide.load24.121 = load <4 x double>, ptr %sunkaddr447.1, align 8
  %431 = fmul <4 x double> %415, %wide.load24.121
  %432 = fadd <4 x double> %430, %431
  %wide.load25.122 = load <4 x double>, ptr %sunkaddr450.1, align 8
  %433 = fmul <4 x double> %419, %wide.load25.122
  %434 = fadd <4 x double> %432, %433
  %wide.load.1.1 = load <4 x double>, ptr %sunkaddr453.1, align 8
  %wide.load18.1.1 = load <4 x double>, ptr %sunkaddr456.1, align 8
  %wide.load19.1.1 = load <4 x double>, ptr %sunkaddr459.1, align 8
  %435 = fsub <4 x double> %wide.load.1.1, %wide.load19.1.1
  %wide.load20.1.1 = load <4 x double>, ptr %sunkaddr462.1, align 8
  %436 = fmul <4 x double> %wide.load18.1.1, %wide.load20.1.1
  %wide.load21.1.1 = load <4 x double>, ptr %sunkaddr465.1, align 8
  %437 = fmul <4 x double> %435, %wide.load21.1.1
  %438 = fadd <4 x double> %436, %437
  %439 = fmul <4 x double> %wide.load18.1.1, %wide.load21.1.1
  %wide.load22.1.1 = load <4 x double>, ptr %sunkaddr468.1, align 8
  %440 = fmul <4 x double> %435, %wide.load22.1.1
  %441 = fadd <4 x double> %439, %440
  %442 = fadd <4 x double> %wide.load19.1.1, %441
  %443 = fmul <4 x double> %438, splat (double 2.000000e+00)
  %444 = fsub <4 x double> %443, %wide.load18.1.1
  %445 = fmul <4 x double> %442, splat (double 2.000000e+00)
  %446 = fsub <4 x double> %445, %wide.load19.1.1
  %447 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %444)
  %448 = fcmp ogt <4 x double> %447, splat (double 1.000000e-25)
  %449 = select <4 x i1> %448, <4 x double> %444, <4 x double> zeroinitializer
  store <4 x double> %449, ptr %sunkaddr456.1, align 8
  %450 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %446)
  %451 = fcmp ogt <4 x double> %450, splat (double 1.000000e-25)
  %452 = select <4 x i1> %451, <4 x double> %446, <4 x double> zeroinitializer
  store <4 x double> %452, ptr %sunkaddr459.1, align 8
  %wide.load23.1.1 = load <4 x double>, ptr %sunkaddr471.1, align 8
  %453 = fmul <4 x double> %wide.load.1.1, %wide.load23.1.1
  %wide.load24.1.1 = load <4 x double>, ptr %sunkaddr474.1, align 8
  %454 = fmul <4 x double> %438, %wide.load24.1.1
  %455 = fadd <4 x double> %453, %454
  %wide.load25.1.1 = load <4 x double>, ptr %sunkaddr477.1, align 8
  %456 = fmul <4 x double> %442, %wide.load25.1.1
  %457 = fadd <4 x double> %455, %456
  %458 = extractelement <4 x double> %411, i64 1
  %459 = extractelement <4 x double> %411, i64 3
  %460 = shufflevector <4 x double> %434, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %461 = shufflevector <4 x double> %434, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  %462 = shufflevector <4 x double> %457, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %463 = shufflevector <4 x double> %457, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  br label %B1264.if

B1264.if:                                         ; preds = %vector.body.preheader, %vector.body
  %.978.1 = phi double [ %459, %vector.body.preheader ], [ %.978.1.pre, %vector.body ]
  %.974.1 = phi double [ %458, %vector.body.preheader ], [ %.974.1.pre, %vector.body ]
  %464 = phi <2 x double> [ %460, %vector.body.preheader ], [ %362, %vector.body ]
  %465 = phi <2 x double> [ %461, %vector.body.preheader ], [ %363, %vector.body ]
  %466 = phi <2 x double> [ %462, %vector.body.preheader ], [ %364, %vector.body ]
  %467 = phi <2 x double> [ %463, %vector.body.preheader ], [ %365, %vector.body ]
  %468 = fsub <2 x double> %464, %465
  %469 = fsub <2 x double> %466, %467
  %.961.1 = load double, ptr %sunkaddr487, align 8
  %.965.1 = load double, ptr %sunkaddr488, align 8
  %.996.idx = shl i64 %.125582662, 4
  %.996 = getelementptr i8, ptr %arg.out, i64 %.996.idx
  %470 = load <2 x double>, ptr %arg.work, align 8
  %471 = load <2 x double>, ptr %sunkaddr486, align 8
  %472 = fsub <2 x double> %470, %471
  %473 = fadd <2 x double> %472, zeroinitializer
  %474 = insertelement <2 x double> poison, double %.961.1, i64 0
  %475 = insertelement <2 x double> %474, double %.974.1, i64 1
  %476 = insertelement <2 x double> poison, double %.965.1, i64 0
  %477 = insertelement <2 x double> %476, double %.978.1, i64 1
  %478 = fsub <2 x double> %475, %477
  %479 = fadd <2 x double> %473, %478
  %480 = fadd <2 x double> %479, %468
  %481 = fadd <2 x double> %480, %469
  %482 = fmul <2 x double> %481, splat (double 5.000000e-01)
  store <2 x double> %482, ptr %.996, align 8
  %483 = extractelement <2 x double> %470, i64 0
  %484 = extractelement <2 x double> %470, i64 1
  %.1137 = fadd double %484, %483
  %.1149 = fsub double %483, %484
  %485 = extractelement <2 x double> %471, i64 0
  %486 = extractelement <2 x double> %471, i64 1
  %.1137.1 = fadd double %486, %485
  %.1149.1 = fsub double %485, %486
  %.1137.2 = fadd double %.974.1, %.961.1
  %.1149.2 = fsub double %.961.1, %.974.1
  %.1137.3 = fadd double %.978.1, %.965.1
  %.1149.3 = fsub double %.965.1, %.978.1
  %487 = extractelement <2 x double> %464, i64 0
  %488 = extractelement <2 x double> %464, i64 1
  %.1137.4 = fadd double %488, %487
  %.1149.4 = fsub double %487, %488
  %489 = extractelement <2 x double> %465, i64 0
  %490 = extractelement <2 x double> %465, i64 1
  %.1137.5 = fadd double %490, %489
  %.1149.5 = fsub double %489, %490
  %491 = extractelement <2 x double> %466, i64 0
  %492 = extractelement <2 x double> %466, i64 1
  %.1137.6 = fadd double %492, %491
  %.1149.6 = fsub double %491, %492
  %493 = extractelement <2 x double> %467, i64 0
  %494 = extractelement <2 x double> %467, i64 1
  %.1137.7 = fadd double %494, %493
  %.1149.7 = fsub double %493, %494
  %.1410 = fadd double %.1137, %.1137.1
  %.1429 = fsub double %.1137, %.1137.1
  %.1410.1 = fadd double %.1149, %.1149.1
  %.1429.1 = fsub double %.1149, %.1149.1
  %.1410.1718 = fadd double %.1137.2, %.1137.3
  %.1429.1722 = fsub double %.1137.2, %.1137.3
  %.1410.1.1 = fadd double %.1149.2, %.1149.3
  %.1429.1.1 = fsub double %.1149.2, %.1149.3
  %.1410.2 = fadd double %.1137.4, %.1137.5
  %.1429.2 = fsub double %.1137.4, %.1137.5
  %.1410.1.2 = fadd double %.1149.4, %.1149.5
  %.1429.1.2 = fsub double %.1149.4, %.1149.5
  %.1410.3 = fadd double %.1137.6, %.1137.7
  %.1429.3 = fsub double %.1137.6, %.1137.7
  %.1410.1.3 = fadd double %.1149.6, %.1149.7
  %.1429.1.3 = fsub double %.1149.6, %.1149.7
  %.1696 = fadd double %.1410, %.1410.1718
  store double %.1696, ptr %scevgep9, align 8
  %.1714 = fsub double %.1410, %.1410.1718
  store double %.1714, ptr %sunkaddr497, align 8
  %.1696.1 = fadd double %.1410.1, %.1410.1.1
  store double %.1696.1, ptr %sunkaddr494, align 8
  %.1714.1 = fsub double %.1410.1, %.1410.1.1
  store double %.1714.1, ptr %sunkaddr498, align 8
  %.1696.2 = fadd double %.1429, %.1429.1722
  store double %.1696.2, ptr %sunkaddr495, align 8
  %.1714.2 = fsub double %.1429, %.1429.1722
  store double %.1714.2, ptr %sunkaddr499, align 8
  %.1696.3 = fadd double %.1429.1, %.1429.1.1
  store double %.1696.3, ptr %sunkaddr496, align 8
  %.1714.3 = fsub double %.1429.1, %.1429.1.1
  store double %.1714.3, ptr %sunkaddr500, align 8
  %.1696.1729 = fadd double %.1410.2, %.1410.3
  store double %.1696.1729, ptr %sunkaddr501, align 8
  %.1714.1733 = fsub double %.1410.2, %.1410.3
  store double %.1714.1733, ptr %sunkaddr505, align 8
  %.1696.1.1 = fadd double %.1410.1.2, %.1410.1.3
  store double %.1696.1.1, ptr %sunkaddr502, align 8
  %.1714.1.1 = fsub double %.1410.1.2, %.1410.1.3
  store double %.1714.1.1, ptr %sunkaddr506, align 8
  %.1696.2.1 = fadd double %.1429.2, %.1429.3
  store double %.1696.2.1, ptr %sunkaddr503, align 8
  %.1714.2.1 = fsub double %.1429.2, %.1429.3
  store double %.1714.2.1, ptr %sunkaddr507, align 8
  %.1696.3.1 = fadd double %.1429.1.2, %.1429.1.3
  store double %.1696.3.1, ptr %sunkaddr504, align 8
  %.1714.3.1 = fsub double %.1429.1.2, %.1429.1.3
  store double %.1714.3.1, ptr %sunkaddr508, align 8
  %.1860 = fadd double %.1696, %.1696.1729
  store double %.1860, ptr %arg.work, align 8
  %.1873 = fsub double %.1696, %.1696.1729
  store double %.1873, ptr %sunkaddr489, align 8
  %.1860.1 = fadd double %.1696.1, %.1696.1.1
  store double %.1860.1, ptr %sunkaddr478, align 8
  %.1873.1 = fsub double %.1696.1, %.1696.1.1
  store double %.1873.1, ptr %sunkaddr482, align 8
  %.1860.2 = fadd double %.1696.2, %.1696.2.1
  store double %.1860.2, ptr %sunkaddr486, align 8
  %.1873.2 = fsub double %.1696.2, %.1696.2.1
  store double %.1873.2, ptr %sunkaddr490, align 8
  %.1860.3 = fadd double %.1696.3, %.1696.3.1
  store double %.1860.3, ptr %sunkaddr479, align 8
  %.1873.3 = fsub double %.1696.3, %.1696.3.1
  store double %.1873.3, ptr %sunkaddr483, align 8
  %.1860.4 = fadd double %.1714, %.1714.1733
  store double %.1860.4, ptr %sunkaddr487, align 8
  %.1873.4 = fsub double %.1714, %.1714.1733
  store double %.1873.4, ptr %sunkaddr491, align 8
  %.1860.5 = fadd double %.1714.1, %.1714.1.1
  store double %.1860.5, ptr %sunkaddr480, align 8
  %.1873.5 = fsub double %.1714.1, %.1714.1.1
  store double %.1873.5, ptr %sunkaddr484, align 8
  %.1860.6 = fadd double %.1714.2, %.1714.2.1
  store double %.1860.6, ptr %sunkaddr488, align 8
  %.1873.6 = fsub double %.1714.2, %.1714.2.1
  store double %.1873.6, ptr %sunkaddr492, align 8
  %.1860.7 = fadd double %.1714.3, %.1714.3.1
  store double %.1860.7, ptr %sunkaddr481, align 8
  %.1873.7 = fsub double %.1714.3, %.1714.3.1
  store double %.1873.7, ptr %sunkaddr485, align 8
  %.1888 = and i64 %.162, %.369
  %invariant.gep = getelementptr float, ptr %arg.lines, i64 %.1888
  %sunkaddr512 = getelementptr i8, ptr %arg.x, i64 %.996.idx
  %.2026 = load double, ptr %sunkaddr512, align 8
  %sunkaddr518 = getelementptr i8, ptr %sunkaddr512, i64 8
  %.2026.1 = load double, ptr %sunkaddr518, align 8
  %.2018 = fmul double %.1860, 2.500000e-01
  %.2027 = fadd double %.2018, %.2026
  %.2032 = tail call double @llvm.fabs.f64(double %.2027)
  %.2033 = fcmp ogt double %.2032, 0x3BC79CA10C924223
  %.2027. = select i1 %.2033, double %.2027, double 0.000000e+00
  %.2056 = fptrunc double %.2027. to float
  store float %.2056, ptr %invariant.gep, align 4
  %.2018.1 = fmul double %.1860.1, 2.500000e-01
  %.2027.1 = fadd double %.2018.1, %.2026.1
  %.2032.1 = tail call double @llvm.fabs.f64(double %.2027.1)
  %.2033.1 = fcmp ogt double %.2032.1, 0x3BC79CA10C924223
  %.2027..1 = select i1 %.2033.1, double %.2027.1, double 0.000000e+00
  %.2056.1 = fptrunc double %.2027..1 to float
  %sunkaddr520 = getelementptr i8, ptr %invariant.gep, i64 %sunkaddr519
  store float %.2056.1, ptr %sunkaddr520, align 4
  %.2018.2 = fmul double %.1860.2, 2.500000e-01
  %.2027.2 = fadd double %.2026, %.2018.2
  %.2032.2 = tail call double @llvm.fabs.f64(double %.2027.2)
  %.2033.2 = fcmp ogt double %.2032.2, 0x3BC79CA10C924223
  %.2027..2 = select i1 %.2033.2, double %.2027.2, double 0.000000e+00
  %.2056.2 = fptrunc double %.2027..2 to float
  %sunkaddr525 = getelementptr i8, ptr %invariant.gep, i64 %2
  store float %.2056.2, ptr %sunkaddr525, align 4
  %.2018.3 = fmul double %.1860.3, 2.500000e-01
  %.2027.3 = fadd double %.2026.1, %.2018.3
  %.2032.3 = tail call double @llvm.fabs.f64(double %.2027.3)
  %.2033.3 = fcmp ogt double %.2032.3, 0x3BC79CA10C924223
  %.2027..3 = select i1 %.2033.3, double %.2027.3, double 0.000000e+00
  %.2056.3 = fptrunc double %.2027..3 to float
  %scevgep268 = getelementptr i8, ptr %invariant.gep, i64 %3
  store float %.2056.3, ptr %scevgep268, align 4
  %scevgep267 = getelementptr i8, ptr %invariant.gep, i64 %4
  %.2018.124 = fmul double %.1860.4, 2.500000e-01
  %.2027.125 = fadd double %.2018.124, %.2026
  %.2032.126 = tail call double @llvm.fabs.f64(double %.2027.125)
  %.2033.127 = fcmp ogt double %.2032.126, 0x3BC79CA10C924223
  %.2027..128 = select i1 %.2033.127, double %.2027.125, double 0.000000e+00
  %.2056.129 = fptrunc double %.2027..128 to float
  store float %.2056.129, ptr %scevgep267, align 4
  %.2018.1.1 = fmul double %.1860.5, 2.500000e-01
  %.2027.1.1 = fadd double %.2018.1.1, %.2026.1
  %.2032.1.1 = tail call double @llvm.fabs.f64(double %.2027.1.1)
  %.2033.1.1 = fcmp ogt double %.2032.1.1, 0x3BC79CA10C924223
  %.2027..1.1 = select i1 %.2033.1.1, double %.2027.1.1, double 0.000000e+00
  %.2056.1.1 = fptrunc double %.2027..1.1 to float
  %sunkaddr520.1 = getelementptr i8, ptr %scevgep267, i64 %sunkaddr519
  store float %.2056.1.1, ptr %sunkaddr520.1, align 4
  %.2018.2.1 = fmul double %.1860.6, 2.500000e-01
  %.2027.2.1 = fadd double %.2026, %.2018.2.1
  %.2032.2.1 = tail call double @llvm.fabs.f64(double %.2027.2.1)
  %.2033.2.1 = fcmp ogt double %.2032.2.1, 0x3BC79CA10C924223
  %.2027..2.1 = select i1 %.2033.2.1, double %.2027.2.1, double 0.000000e+00
  %.2056.2.1 = fptrunc double %.2027..2.1 to float
  %sunkaddr525.1 = getelementptr i8, ptr %scevgep267, i64 %2
  store float %.2056.2.1, ptr %sunkaddr525.1, align 4
  %.2018.3.1 = fmul double %.1860.7, 2.500000e-01
  %.2027.3.1 = fadd double %.2026.1, %.2018.3.1
  %.2032.3.1 = tail call double @llvm.fabs.f64(double %.2027.3.1)
  %.2033.3.1 = fcmp ogt double %.2032.3.1, 0x3BC79CA10C924223
  %.2027..3.1 = select i1 %.2033.3.1, double %.2027.3.1, double 0.000000e+00
  %.2056.3.1 = fptrunc double %.2027..3.1 to float
  %scevgep268.1 = getelementptr i8, ptr %scevgep267, i64 %3
  store float %.2056.3.1, ptr %scevgep268.1, align 4
  %scevgep267.1 = getelementptr i8, ptr %scevgep267, i64 %4
  %.2017.230 = load double, ptr %sunkaddr489, align 8
  %.2018.231 = fmul double %.2017.230, 2.500000e-01
  %.2027.232 = fadd double %.2018.231, %.2026
  %.2032.233 = tail call double @llvm.fabs.f64(double %.2027.232)
  %.2033.234 = fcmp ogt double %.2032.233, 0x3BC79CA10C924223
  %.2027..235 = select i1 %.2033.234, double %.2027.232, double 0.000000e+00
  %.2056.236 = fptrunc double %.2027..235 to float
  store float %.2056.236, ptr %scevgep267.1, align 4
  %.2017.1.2 = load double, ptr %sunkaddr515.2, align 8
  %.2018.1.2 = fmul double %.2017.1.2, 2.500000e-01
  %.2027.1.2 = fadd double %.2018.1.2, %.2026.1
  %.2032.1.2 = tail call double @llvm.fabs.f64(double %.2027.1.2)
  %.2033.1.2 = fcmp ogt double %.2032.1.2, 0x3BC79CA10C924223
  %.2027..1.2 = select i1 %.2033.1.2, double %.2027.1.2, double 0.000000e+00
  %.2056.1.2 = fptrunc double %.2027..1.2 to float
  %sunkaddr520.2 = getelementptr i8, ptr %scevgep267.1, i64 %sunkaddr519
  store float %.2056.1.2, ptr %sunkaddr520.2, align 4
  %.2017.2.2 = load double, ptr %sunkaddr523.2, align 8
  %.2018.2.2 = fmul double %.2017.2.2, 2.500000e-01
  %.2027.2.2 = fadd double %.2026, %.2018.2.2
  %.2032.2.2 = tail call double @llvm.fabs.f64(double %.2027.2.2)
  %.2033.2.2 = fcmp ogt double %.2032.2.2, 0x3BC79CA10C924223
  %.2027..2.2 = select i1 %.2033.2.2, double %.2027.2.2, double 0.000000e+00
  %.2056.2.2 = fptrunc double %.2027..2.2 to float
  %sunkaddr525.2 = getelementptr i8, ptr %scevgep267.1, i64 %2
  store float %.2056.2.2, ptr %sunkaddr525.2, align 4
  %.2017.3.2 = load double, ptr %sunkaddr528.2, align 8
  %.2018.3.2 = fmul double %.2017.3.2, 2.500000e-01
  %.2027.3.2 = fadd double %.2026.1, %.2018.3.2
  %.2032.3.2 = tail call double @llvm.fabs.f64(double %.2027.3.2)
  %.2033.3.2 = fcmp ogt double %.2032.3.2, 0x3BC79CA10C924223
  %.2027..3.2 = select i1 %.2033.3.2, double %.2027.3.2, double 0.000000e+00
  %.2056.3.2 = fptrunc double %.2027..3.2 to float
  %scevgep268.2 = getelementptr i8, ptr %scevgep267.1, i64 %3
  store float %.2056.3.2, ptr %scevgep268.2, align 4
  %scevgep267.2 = getelementptr i8, ptr %scevgep267.1, i64 %4
  %.2017.337 = load double, ptr %sunkaddr491, align 8
  %.2018.338 = fmul double %.2017.337, 2.500000e-01
  %.2027.339 = fadd double %.2018.338, %.2026
  %.2032.340 = tail call double @llvm.fabs.f64(double %.2027.339)
  %.2033.341 = fcmp ogt double %.2032.340, 0x3BC79CA10C924223
  %.2027..342 = select i1 %.2033.341, double %.2027.339, double 0.000000e+00
  %.2056.343 = fptrunc double %.2027..342 to float
  store float %.2056.343, ptr %scevgep267.2, align 4
  %.2017.1.3 = load double, ptr %sunkaddr515.3, align 8
  %.2018.1.3 = fmul double %.2017.1.3, 2.500000e-01
  %.2027.1.3 = fadd double %.2018.1.3, %.2026.1
  %.2032.1.3 = tail call double @llvm.fabs.f64(double %.2027.1.3)
  %.2033.1.3 = fcmp ogt double %.2032.1.3, 0x3BC79CA10C924223
  %.2027..1.3 = select i1 %.2033.1.3, double %.2027.1.3, double 0.000000e+00
  %.2056.1.3 = fptrunc double %.2027..1.3 to float
  %sunkaddr520.3 = getelementptr i8, ptr %scevgep267.2, i64 %sunkaddr519
  store float %.2056.1.3, ptr %sunkaddr520.3, align 4
  %.2017.2.3 = load double, ptr %sunkaddr523.3, align 8
  %.2018.2.3 = fmul double %.2017.2.3, 2.500000e-01
  %.2027.2.3 = fadd double %.2026, %.2018.2.3
  %.2032.2.3 = tail call double @llvm.fabs.f64(double %.2027.2.3)
  %.2033.2.3 = fcmp ogt double %.2032.2.3, 0x3BC79CA10C924223
  %.2027..2.3 = select i1 %.2033.2.3, double %.2027.2.3, double 0.000000e+00
  %.2056.2.3 = fptrunc double %.2027..2.3 to float
  %sunkaddr525.3 = getelementptr i8, ptr %scevgep267.2, i64 %2
  store float %.2056.2.3, ptr %sunkaddr525.3, align 4
  %.2017.3.3 = load double, ptr %sunkaddr528.3, align 8
  %.2018.3.3 = fmul double %.2017.3.3, 2.500000e-01
  %.2027.3.3 = fadd double %.2026.1, %.2018.3.3
  %.2032.3.3 = tail call double @llvm.fabs.f64(double %.2027.3.3)
  %.2033.3.3 = fcmp ogt double %.2032.3.3, 0x3BC79CA10C924223
  %.2027..3.3 = select i1 %.2033.3.3, double %.2027.3.3, double 0.000000e+00
  %.2056.3.3 = fptrunc double %.2027..3.3 to float
  %scevgep268.3 = getelementptr i8, ptr %scevgep267.2, i64 %3
  store float %.2056.3.3, ptr %scevgep268.3, align 4
  %.132 = add nsw i64 %.125582662, 1
  %exitcond737.not = icmp eq i64 %.132, %arg.frames
  br i1 %exitcond737.not, label %B3519, label %B34.if
}

declare double @llvm.fabs.f64(double)

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)

