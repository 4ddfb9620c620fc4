; 71fc78e719550dc57a94a1a9843672811ab38c04fccb0243bbfa52382913587a

define i32 @stereo_peak(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.peak, i64 %arg.frames) {
entry:
  %.9237.not = icmp slt i64 %arg.frames, 1
  br i1 %.9237.not, label %B172, label %iter.check

iter.check:                                       ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.frames, 4
  br i1 %min.iters.check, label %B34.if.preheader, label %vector.scevcheck

vector.scevcheck:                                 ; preds = %iter.check
  %0 = shl i64 %arg.frames, 4
  %mul.result = add i64 %0, -16
  %1 = getelementptr i8, ptr %arg.x, i64 %mul.result
  %2 = icmp ult ptr %1, %arg.x
  %scevgep = getelementptr i8, ptr %arg.x, i64 8
  %mul.overflow4 = icmp ugt i64 %arg.frames, 1152921504606846976
  %3 = getelementptr i8, ptr %scevgep, i64 %mul.result
  %4 = icmp ult ptr %3, %scevgep
  %5 = or i1 %mul.overflow4, %4
  %6 = or i1 %2, %5
  br i1 %6, label %B34.if.preheader, label %vector.memcheck

vector.memcheck:                                  ; preds = %vector.scevcheck
  %7 = shl i64 %arg.frames, 3
  %scevgep5 = getelementptr i8, ptr %arg.peak, i64 %7
  %scevgep6 = getelementptr i8, ptr %arg.x, i64 %0
  %bound0 = icmp ult ptr %arg.peak, %scevgep6
  %bound1 = icmp ult ptr %arg.x, %scevgep5
  %found.conflict = and i1 %bound0, %bound1
  br i1 %found.conflict, label %B34.if.preheader, label %vector.main.loop.iter.check

vector.main.loop.iter.check:                      ; preds = %vector.memcheck
  %min.iters.check7 = icmp ult i64 %arg.frames, 16
  br i1 %min.iters.check7, label %vec.epilog.ph, label %vector.ph

vector.ph:                                        ; preds = %vector.main.loop.iter.check
  %n.vec = and i64 %arg.frames, 2305843009213693936
  %scevgep54 = getelementptr i8, ptr %arg.x, i64 192
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %lsr.iv55 = phi ptr [ %scevgep56, %vector.body ], [ %scevgep54, %vector.ph ]
  %index = phi i64 [ %index.next, %vector.body ], [ 0, %vector.ph ]
  %scevgep59 = getelementptr i8, ptr %lsr.iv55, i64 -192
  %scevgep58 = getelementptr i8, ptr %lsr.iv55, i64 -128
  %scevgep57 = getelementptr i8, ptr %lsr.iv55, i64 -64
  %wide.vec = load <8 x double>, ptr %scevgep59, align 8
  %wide.vec9 = load <8 x double>, ptr %scevgep58, align 8
  %wide.vec12 = load <8 x double>, ptr %scevgep57, align 8
  %wide.vec15 = load <8 x double>, ptr %lsr.iv55, align 8
  %8 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %wide.vec)
  %9 = shufflevector <8 x double> %8, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %10 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %wide.vec9)
  %11 = shufflevector <8 x double> %10, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %12 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %wide.vec12)
  %13 = shufflevector <8 x double> %12, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %14 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %wide.vec15)
  %15 = shufflevector <8 x double> %14, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %16 = shufflevector <8 x double> %8, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %17 = shufflevector <8 x double> %10, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %18 = shufflevector <8 x double> %12, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %19 = shufflevector <8 x double> %14, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %20 = fcmp ogt <4 x double> %16, %9
  %21 = fcmp ogt <4 x double> %17, %11
  %22 = fcmp ogt <4 x double> %18, %13
  %23 = fcmp ogt <4 x double> %19, %15
  %24 = select <4 x i1> %20, <4 x double> %16, <4 x double> %9
  %25 = select <4 x i1> %21, <4 x double> %17, <4 x double> %11
  %26 = select <4 x i1> %22, <4 x double> %18, <4 x double> %13
  %27 = select <4 x i1> %23, <4 x double> %19, <4 x double> %15
  %sunkaddr = shl i64 %index, 3
  %sunkaddr68 = getelementptr i8, ptr %arg.peak, i64 %sunkaddr
  store <4 x double> %24, ptr %sunkaddr68, align 8
  %sunkaddr71 = getelementptr i8, ptr %sunkaddr68, i64 32
  store <4 x double> %25, ptr %sunkaddr71, align 8
  %sunkaddr74 = getelementptr i8, ptr %sunkaddr68, i64 64
  store <4 x double> %26, ptr %sunkaddr74, align 8
  %sunkaddr77 = getelementptr i8, ptr %sunkaddr68, i64 96
  store <4 x double> %27, ptr %sunkaddr77, align 8
  %index.next = add nsw i64 %index, 16
  %scevgep56 = getelementptr i8, ptr %lsr.iv55, i64 256
  %28 = icmp eq i64 %n.vec, %index.next
  br i1 %28, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %cmp.n = icmp eq i64 %arg.frames, %n.vec
  br i1 %cmp.n, label %B172, label %vec.epilog.iter.check

vec.epilog.iter.check:                            ; preds = %middle.block
  %29 = and i64 %arg.frames, 12
  %min.epilog.iters.check = icmp eq i64 %29, 0
  br i1 %min.epilog.iters.check, label %B34.if.preheader, label %vec.epilog.ph

vec.epilog.ph:                                    ; preds = %vec.epilog.iter.check, %vector.main.loop.iter.check
  %vec.epilog.resume.val = phi i64 [ %n.vec, %vec.epilog.iter.check ], [ 0, %vector.main.loop.iter.check ]
  %n.vec19 = and i64 %arg.frames, 2305843009213693948
  %30 = shl i64 %vec.epilog.resume.val, 4
  %scevgep51 = getelementptr i8, ptr %arg.x, i64 %30
  br label %vec.epilog.vector.body

vec.epilog.vector.body:                           ; preds = %vec.epilog.vector.body, %vec.epilog.ph
  %lsr.iv52 = phi ptr [ %scevgep53, %vec.epilog.vector.body ], [ %scevgep51, %vec.epilog.ph ]
  %index20 = phi i64 [ %index.next24, %vec.epilog.vector.body ], [ %vec.epilog.resume.val, %vec.epilog.ph ]
  %wide.vec21 = load <8 x double>, ptr %lsr.iv52, align 8
  %31 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %wide.vec21)
  %32 = shufflevector <8 x double> %31, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %33 = shufflevector <8 x double> %31, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %34 = fcmp ogt <4 x double> %33, %32
  %35 = select <4 x i1> %34, <4 x double> %33, <4 x double> %32
  %36 = shl i64 %index20, 3
  %scevgep50 = getelementptr i8, ptr %arg.peak, i64 %36
  store <4 x double> %35, ptr %scevgep50, align 8
  %index.next24 = add i64 %index20, 4
  %scevgep53 = getelementptr i8, ptr %lsr.iv52, i64 64
  %37 = icmp eq i64 %n.vec19, %index.next24
  br i1 %37, label %vec.epilog.middle.block, label %vec.epilog.vector.body

vec.epilog.middle.block:                          ; preds = %vec.epilog.vector.body
  %cmp.n25 = icmp eq i64 %arg.frames, %n.vec19
  br i1 %cmp.n25, label %B172, label %B34.if.preheader

B34.if.preheader:                                 ; preds = %vec.epilog.middle.block, %vec.epilog.iter.check, %vector.memcheck, %vector.scevcheck, %iter.check
  %.983638.ph = phi i64 [ 0, %iter.check ], [ 0, %vector.scevcheck ], [ 0, %vector.memcheck ], [ %n.vec, %vec.epilog.iter.check ], [ %n.vec19, %vec.epilog.middle.block ]
  %xtraiter = and i64 %arg.frames, 3
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B34.if.prol.loopexit, label %B34.if.prol.preheader

B34.if.prol.preheader:                            ; preds = %B34.if.preheader
  %38 = shl i64 %.983638.ph, 4
  %39 = getelementptr i8, ptr %arg.x, i64 %38
  %40 = load <2 x double>, ptr %39, align 8
  %41 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %40)
  %42 = extractelement <2 x double> %41, i64 0
  %43 = extractelement <2 x double> %41, i64 1
  %.10.i.prol = fcmp ogt double %43, %42
  %.11.i.prol = select i1 %.10.i.prol, double %43, double %42
  %.105.prol = or i64 %.983638.ph, 1
  %44 = shl i64 %.983638.ph, 3
  %scevgep44 = getelementptr i8, ptr %arg.peak, i64 %44
  store double %.11.i.prol, ptr %scevgep44, align 8
  %prol.iter.cmp.not = icmp eq i64 %xtraiter, 1
  br i1 %prol.iter.cmp.not, label %B34.if.prol.loopexit, label %B34.if.prol.1

B34.if.prol.1:                                    ; preds = %B34.if.prol.preheader
  %scevgep48.1 = getelementptr i8, ptr %39, i64 16
  %45 = load <2 x double>, ptr %scevgep48.1, align 8
  %46 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %45)
  %47 = extractelement <2 x double> %46, i64 0
  %48 = extractelement <2 x double> %46, i64 1
  %.10.i.prol.1 = fcmp ogt double %48, %47
  %.11.i.prol.1 = select i1 %.10.i.prol.1, double %48, double %47
  %.105.prol.1 = or i64 %.983638.ph, 2
  %49 = shl i64 %.105.prol, 3
  %scevgep44.1 = getelementptr i8, ptr %arg.peak, i64 %49
  store double %.11.i.prol.1, ptr %scevgep44.1, align 8
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter, 2
  br i1 %prol.iter.cmp.not.1, label %B34.if.prol.loopexit, label %B34.if.prol.2

B34.if.prol.2:                                    ; preds = %B34.if.prol.1
  %scevgep48.2 = getelementptr i8, ptr %39, i64 32
  %50 = load <2 x double>, ptr %scevgep48.2, align 8
  %51 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %50)
  %52 = extractelement <2 x double> %51, i64 0
  %53 = extractelement <2 x double> %51, i64 1
  %.10.i.prol.2 = fcmp ogt double %53, %52
  %.11.i.prol.2 = select i1 %.10.i.prol.2, double %53, double %52
  %.105.prol.2 = or i64 %.983638.ph, 3
  %54 = shl i64 %.105.prol.1, 3
  %scevgep44.2 = getelementptr i8, ptr %arg.peak, i64 %54
  store double %.11.i.prol.2, ptr %scevgep44.2, align 8
  br label %B34.if.prol.loopexit

B34.if.prol.loopexit:                             ; preds = %B34.if.prol.preheader, %B34.if.prol.1, %B34.if.prol.2, %B34.if.preheader
  %.983638.unr = phi i64 [ %.983638.ph, %B34.if.preheader ], [ %.105.prol, %B34.if.prol.preheader ], [ %.105.prol.1, %B34.if.prol.1 ], [ %.105.prol.2, %B34.if.prol.2 ]
  %55 = sub nsw i64 %.983638.ph, %arg.frames
  %56 = icmp ugt i64 %55, -4
  br i1 %56, label %B172, label %B34.if.preheader26

B34.if.preheader26:                               ; preds = %B34.if.prol.loopexit
  %57 = shl i64 %.983638.unr, 4
  %58 = getelementptr i8, ptr %arg.x, i64 %57
  %scevgep35 = getelementptr i8, ptr %58, i64 56
  %59 = add nsw i64 %arg.frames, -4
  %60 = sub i64 %59, %.983638.unr
  %61 = lshr i64 %60, 2
  %62 = add nsw i64 %61, 1
  %min.iters.check16 = icmp ult i64 %60, 44
  br i1 %min.iters.check16, label %B34.if.preheader30, label %vector.scevcheck1

vector.scevcheck1:                                ; preds = %B34.if.preheader26
  %63 = add nsw i64 %arg.frames, -4
  %64 = sub i64 %63, %.983638.unr
  %65 = lshr i64 %64, 2
  %66 = shl i64 %.983638.unr, 3
  %scevgep2 = getelementptr i8, ptr %arg.peak, i64 %66
  %mul.result3 = shl i64 %65, 5
  %67 = getelementptr i8, ptr %scevgep2, i64 %mul.result3
  %68 = icmp ult ptr %67, %scevgep2
  %69 = getelementptr i8, ptr %arg.peak, i64 %66
  %scevgep4 = getelementptr i8, ptr %69, i64 8
  %mul.result6 = shl i64 %65, 5
  %mul.overflow7 = icmp ugt i64 %64, 2305843009213693951
  %70 = getelementptr i8, ptr %scevgep4, i64 %mul.result6
  %71 = icmp ult ptr %70, %scevgep4
  %72 = or i1 %71, %mul.overflow7
  %73 = getelementptr i8, ptr %arg.peak, i64 %66
  %scevgep8 = getelementptr i8, ptr %73, i64 16
  %mul.result10 = shl i64 %65, 5
  %74 = getelementptr i8, ptr %scevgep8, i64 %mul.result10
  %75 = icmp ult ptr %74, %scevgep8
  %76 = getelementptr i8, ptr %arg.peak, i64 %66
  %scevgep12 = getelementptr i8, ptr %76, i64 24
  %mul.result14 = shl i64 %65, 5
  %77 = getelementptr i8, ptr %scevgep12, i64 %mul.result14
  %78 = icmp ult ptr %77, %scevgep12
  %79 = or i1 %68, %72
  %80 = or i1 %75, %79
  %81 = or i1 %78, %80
  br i1 %81, label %B34.if.preheader30, label %vector.ph17

vector.ph17:                                      ; preds = %vector.scevcheck1
  %n.vec18 = and i64 %62, 9223372036854775804
  %82 = shl i64 %n.vec18, 6
  %83 = getelementptr i8, ptr %scevgep35, i64 %82
  %84 = shl i64 %n.vec18, 2
  %85 = add i64 %.983638.unr, %84
  %86 = shl i64 %.983638.unr, 3
  %invariant.gep = getelementptr i8, ptr %arg.peak, i64 %86
  br label %vector.body19

vector.body19:                                    ; preds = %vector.body19, %vector.ph17
  %index21 = phi i64 [ 0, %vector.ph17 ], [ %index.next26, %vector.body19 ]
  %offset.idx = shl i64 %index21, 6
  %next.gep = getelementptr i8, ptr %scevgep35, i64 %offset.idx
  %87 = getelementptr i8, ptr %scevgep35, i64 %offset.idx
  %next.gep22 = getelementptr i8, ptr %87, i64 64
  %88 = getelementptr i8, ptr %scevgep35, i64 %offset.idx
  %next.gep23 = getelementptr i8, ptr %88, i64 128
  %89 = getelementptr i8, ptr %scevgep35, i64 %offset.idx
  %next.gep24 = getelementptr i8, ptr %89, i64 192
  %90 = getelementptr i8, ptr %next.gep, i64 -56
  %91 = getelementptr i8, ptr %87, i64 8
  %92 = getelementptr i8, ptr %88, i64 72
  %93 = getelementptr i8, ptr %89, i64 136
  %94 = load double, ptr %90, align 8
  %95 = load double, ptr %91, align 8
  %96 = load double, ptr %92, align 8
  %97 = load double, ptr %93, align 8
  %98 = insertelement <4 x double> poison, double %94, i64 0
  %99 = insertelement <4 x double> %98, double %95, i64 1
  %100 = insertelement <4 x double> %99, double %96, i64 2
  %101 = insertelement <4 x double> %100, double %97, i64 3
  %102 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %101)
  %103 = getelementptr i8, ptr %next.gep, i64 -48
  %104 = getelementptr i8, ptr %87, i64 16
  %105 = getelementptr i8, ptr %88, i64 80
  %106 = getelementptr i8, ptr %89, i64 144
  %107 = load double, ptr %103, align 8
  %108 = load double, ptr %104, align 8
  %109 = load double, ptr %105, align 8
  %110 = load double, ptr %106, align 8
  %111 = insertelement <4 x double> poison, double %107, i64 0
  %112 = insertelement <4 x double> %111, double %108, i64 1
  %113 = insertelement <4 x double> %112, double %109, i64 2
  %114 = insertelement <4 x double> %113, double %110, i64 3
  %115 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %114)
  %116 = shl i64 %index21, 5
  %gep = getelementptr i8, ptr %invariant.gep, i64 %116
  %117 = getelementptr i8, ptr %next.gep, i64 -40
  %118 = getelementptr i8, ptr %87, i64 24
  %119 = getelementptr i8, ptr %88, i64 88
  %120 = getelementptr i8, ptr %89, i64 152
  %121 = load double, ptr %117, align 8
  %122 = load double, ptr %118, align 8
  %123 = load double, ptr %119, align 8
  %124 = load double, ptr %120, align 8
  %125 = insertelement <4 x double> poison, double %121, i64 0
  %126 = insertelement <4 x double> %125, double %122, i64 1
  %127 = insertelement <4 x double> %126, double %123, i64 2
  %128 = insertelement <4 x double> %127, double %124, i64 3
  %129 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %128)
  %130 = getelementptr i8, ptr %next.gep, i64 -32
  %131 = getelementptr i8, ptr %87, i64 32
  %132 = getelementptr i8, ptr %88, i64 96
  %133 = getelementptr i8, ptr %89, i64 160
  %134 = load double, ptr %130, align 8
  %135 = load double, ptr %131, align 8
  %136 = load double, ptr %132, align 8
  %137 = load double, ptr %133, align 8
  %138 = insertelement <4 x double> poison, double %134, i64 0
  %139 = insertelement <4 x double> %138, double %135, i64 1
  %140 = insertelement <4 x double> %139, double %136, i64 2
  %141 = insertelement <4 x double> %140, double %137, i64 3
  %142 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %141)
  %143 = getelementptr i8, ptr %next.gep, i64 -24
  %144 = getelementptr i8, ptr %87, i64 40
  %145 = getelementptr i8, ptr %88, i64 104
  %146 = getelementptr i8, ptr %89, i64 168
  %147 = load double, ptr %143, align 8
  %148 = load double, ptr %144, align 8
  %149 = load double, ptr %145, align 8
  %150 = load double, ptr %146, align 8
  %151 = insertelement <4 x double> poison, double %147, i64 0
  %152 = insertelement <4 x double> %151, double %148, i64 1
  %153 = insertelement <4 x double> %152, double %149, i64 2
  %154 = insertelement <4 x double> %153, double %150, i64 3
  %155 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %154)
  %156 = getelementptr i8, ptr %next.gep, i64 -16
  %157 = getelementptr i8, ptr %87, i64 48
  %158 = getelementptr i8, ptr %88, i64 112
  %159 = getelementptr i8, ptr %89, i64 176
  %160 = load double, ptr %156, align 8
  %161 = load double, ptr %157, align 8
  %162 = load double, ptr %158, align 8
  %163 = load double, ptr %159, align 8
  %164 = insertelement <4 x double> poison, double %160, i64 0
  %165 = insertelement <4 x double> %164, double %161, i64 1
  %166 = insertelement <4 x double> %165, double %162, i64 2
  %167 = insertelement <4 x double> %166, double %163, i64 3
  %168 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %167)
  %169 = getelementptr i8, ptr %next.gep, i64 -8
  %170 = getelementptr i8, ptr %87, i64 56
  %171 = getelementptr i8, ptr %88, i64 120
  %172 = getelementptr i8, ptr %89, i64 184
  %173 = load double, ptr %169, align 8
  %174 = load double, ptr %170, align 8
  %175 = load double, ptr %171, align 8
  %176 = load double, ptr %172, align 8
  %177 = insertelement <4 x double> poison, double %173, i64 0
  %178 = insertelement <4 x double> %177, double %174, i64 1
  %179 = insertelement <4 x double> %178, double %175, i64 2
  %180 = insertelement <4 x double> %179, double %176, i64 3
  %181 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %180)
  %182 = load double, ptr %next.gep, align 8
  %183 = load double, ptr %next.gep22, align 8
  %184 = load double, ptr %next.gep23, align 8
  %185 = load double, ptr %next.gep24, align 8
  %186 = insertelement <4 x double> poison, double %182, i64 0
  %187 = insertelement <4 x double> %186, double %183, i64 1
  %188 = insertelement <4 x double> %187, double %184, i64 2
  %189 = insertelement <4 x double> %188, double %185, i64 3
  %190 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %189)
  %191 = shufflevector <4 x double> %115, <4 x double> %142, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %192 = shufflevector <4 x double> %102, <4 x double> %129, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %193 = fcmp ogt <8 x double> %191, %192
  %194 = shufflevector <4 x double> %115, <4 x double> %142, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %195 = shufflevector <4 x double> %102, <4 x double> %129, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %196 = select <8 x i1> %193, <8 x double> %194, <8 x double> %195
  %197 = shufflevector <4 x double> %168, <4 x double> %190, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %198 = shufflevector <4 x double> %155, <4 x double> %181, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %199 = fcmp ogt <8 x double> %197, %198
  %200 = shufflevector <4 x double> %168, <4 x double> %190, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %201 = shufflevector <4 x double> %155, <4 x double> %181, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %202 = select <8 x i1> %199, <8 x double> %200, <8 x double> %201
  %interleaved.vec = shufflevector <8 x double> %196, <8 x double> %202, <16 x i32> <i32 0, i32 4, i32 8, i32 12, i32 1, i32 5, i32 9, i32 13, i32 2, i32 6, i32 10, i32 14, i32 3, i32 7, i32 11, i32 15>
  store <16 x double> %interleaved.vec, ptr %gep, align 8
  %index.next26 = add i64 %index21, 4
  %203 = icmp eq i64 %index.next26, %n.vec18
  br i1 %203, label %middle.block27, label %vector.body19

middle.block27:                                   ; preds = %vector.body19
  %cmp.n28 = icmp eq i64 %62, %n.vec18
  br i1 %cmp.n28, label %B172, label %B34.if.preheader30

B34.if.preheader30:                               ; preds = %vector.scevcheck1, %B34.if.preheader26, %middle.block27
  %lsr.iv.ph = phi ptr [ %scevgep35, %vector.scevcheck1 ], [ %scevgep35, %B34.if.preheader26 ], [ %83, %middle.block27 ]
  %.983638.ph31 = phi i64 [ %.983638.unr, %vector.scevcheck1 ], [ %.983638.unr, %B34.if.preheader26 ], [ %85, %middle.block27 ]
  br label %B34.if

B172:                                             ; preds = %B34.if, %middle.block27, %B34.if.prol.loopexit, %vec.epilog.middle.block, %middle.block, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.if.preheader30, %B34.if
  %lsr.iv = phi ptr [ %scevgep36, %B34.if ], [ %lsr.iv.ph, %B34.if.preheader30 ]
  %.983638 = phi i64 [ %.105.3, %B34.if ], [ %.983638.ph31, %B34.if.preheader30 ]
  %scevgep40 = getelementptr i8, ptr %lsr.iv, i64 -56
  %sunkaddr78 = shl i64 %.983638, 3
  %sunkaddr79 = getelementptr i8, ptr %arg.peak, i64 %sunkaddr78
  %.105.3 = add nsw i64 %.983638, 4
  %204 = load <8 x double>, ptr %scevgep40, align 8
  %205 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %204)
  %206 = shufflevector <8 x double> %205, <8 x double> poison, <4 x i32> <i32 0, i32 2, i32 4, i32 6>
  %207 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %204)
  %208 = shufflevector <8 x double> %207, <8 x double> poison, <4 x i32> <i32 1, i32 3, i32 5, i32 7>
  %209 = fcmp ogt <4 x double> %208, %206
  %210 = select <4 x i1> %209, <4 x double> %208, <4 x double> %206
  store <4 x double> %210, ptr %sunkaddr79, align 8
  %scevgep36 = getelementptr i8, ptr %lsr.iv, i64 64
  %exitcond.not.3 = icmp eq i64 %arg.frames, %.105.3
  br i1 %exitcond.not.3, label %B172, label %B34.if
}

declare <8 x double> @llvm.fabs.v8f64(<8 x double>)

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)


