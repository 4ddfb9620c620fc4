; 6de9137fbd8f66300f4553a00421ddf5abd74a61cfa7dc174cfada7fd1cfecc8

define i32 @store_samples(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.block, i64 %arg.count) {
entry:
  %.9239.not = icmp slt i64 %arg.count, 1
  br i1 %.9239.not, label %B126, label %iter.check

iter.check:                                       ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.count, 4
  br i1 %min.iters.check, label %B34.if.preheader, label %vector.memcheck

vector.memcheck:                                  ; preds = %iter.check
  %0 = shl i64 %arg.count, 2
  %scevgep = getelementptr i8, ptr %arg.block, i64 %0
  %1 = shl i64 %arg.count, 3
  %scevgep1 = getelementptr i8, ptr %arg.x, i64 %1
  %bound0 = icmp ult ptr %arg.block, %scevgep1
  %bound1 = icmp ult ptr %arg.x, %scevgep
  %found.conflict = and i1 %bound0, %bound1
  br i1 %found.conflict, label %B34.if.preheader, label %vector.main.loop.iter.check

vector.main.loop.iter.check:                      ; preds = %vector.memcheck
  %min.iters.check2 = icmp ult i64 %arg.count, 16
  br i1 %min.iters.check2, label %vec.epilog.ph, label %vector.ph

vector.ph:                                        ; preds = %vector.main.loop.iter.check
  %n.vec = and i64 %arg.count, 9223372036854775792
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %index = phi i64 [ 0, %vector.ph ], [ %index.next, %vector.body ]
  %sunkaddr = shl i64 %index, 3
  %sunkaddr65 = getelementptr i8, ptr %arg.x, i64 %sunkaddr
  %wide.load = load <4 x double>, ptr %sunkaddr65, align 8
  %sunkaddr68 = getelementptr i8, ptr %sunkaddr65, i64 32
  %wide.load3 = load <4 x double>, ptr %sunkaddr68, align 8
  %sunkaddr71 = getelementptr i8, ptr %sunkaddr65, i64 64
  %wide.load4 = load <4 x double>, ptr %sunkaddr71, align 8
  %sunkaddr74 = getelementptr i8, ptr %sunkaddr65, i64 96
  %wide.load5 = load <4 x double>, ptr %sunkaddr74, align 8
  %2 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load)
  %3 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load3)
  %4 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load4)
  %5 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load5)
  %6 = fcmp ogt <4 x double> %2, splat (double 1.000000e-30)
  %7 = fcmp ogt <4 x double> %3, splat (double 1.000000e-30)
  %8 = fcmp ogt <4 x double> %4, splat (double 1.000000e-30)
  %9 = fcmp ogt <4 x double> %5, splat (double 1.000000e-30)
  %10 = fcmp olt <4 x double> %2, splat (double 3.000000e+38)
  %11 = fcmp olt <4 x double> %3, splat (double 3.000000e+38)
  %12 = fcmp olt <4 x double> %4, splat (double 3.000000e+38)
  %13 = fcmp olt <4 x double> %5, splat (double 3.000000e+38)
  %14 = and <4 x i1> %6, %10
  %15 = and <4 x i1> %7, %11
  %16 = and <4 x i1> %8, %12
  %17 = and <4 x i1> %9, %13
  %18 = fptrunc <4 x double> %wide.load to <4 x float>
  %19 = fptrunc <4 x double> %wide.load3 to <4 x float>
  %20 = fptrunc <4 x double> %wide.load4 to <4 x float>
  %21 = fptrunc <4 x double> %wide.load5 to <4 x float>
  %22 = select <4 x i1> %14, <4 x float> %18, <4 x float> zeroinitializer
  %23 = select <4 x i1> %15, <4 x float> %19, <4 x float> zeroinitializer
  %24 = select <4 x i1> %16, <4 x float> %20, <4 x float> zeroinitializer
  %25 = select <4 x i1> %17, <4 x float> %21, <4 x float> zeroinitializer
  %sunkaddr75 = shl i64 %index, 2
  %sunkaddr76 = getelementptr i8, ptr %arg.block, i64 %sunkaddr75
  store <4 x float> %22, ptr %sunkaddr76, align 4
  %sunkaddr79 = getelementptr i8, ptr %sunkaddr76, i64 16
  store <4 x float> %23, ptr %sunkaddr79, align 4
  %sunkaddr82 = getelementptr i8, ptr %sunkaddr76, i64 32
  store <4 x float> %24, ptr %sunkaddr82, align 4
  %sunkaddr85 = getelementptr i8, ptr %sunkaddr76, i64 48
  store <4 x float> %25, ptr %sunkaddr85, align 4
  %index.next = add nsw i64 %index, 16
  %26 = icmp eq i64 %n.vec, %index.next
  br i1 %26, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %cmp.n = icmp eq i64 %arg.count, %n.vec
  br i1 %cmp.n, label %B126, label %vec.epilog.iter.check

vec.epilog.iter.check:                            ; preds = %middle.block
  %27 = and i64 %arg.count, 12
  %min.epilog.iters.check = icmp eq i64 %27, 0
  br i1 %min.epilog.iters.check, label %B34.if.preheader, label %vec.epilog.ph

vec.epilog.ph:                                    ; preds = %vec.epilog.iter.check, %vector.main.loop.iter.check
  %vec.epilog.resume.val = phi i64 [ %n.vec, %vec.epilog.iter.check ], [ 0, %vector.main.loop.iter.check ]
  %n.vec7 = and i64 %arg.count, 9223372036854775804
  br label %vec.epilog.vector.body

vec.epilog.vector.body:                           ; preds = %vec.epilog.vector.body, %vec.epilog.ph
  %index8 = phi i64 [ %vec.epilog.resume.val, %vec.epilog.ph ], [ %index.next10, %vec.epilog.vector.body ]
  %28 = shl i64 %index8, 3
  %scevgep48 = getelementptr i8, ptr %arg.x, i64 %28
  %wide.load9 = load <4 x double>, ptr %scevgep48, align 8
  %29 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.load9)
  %30 = fcmp ogt <4 x double> %29, splat (double 1.000000e-30)
  %31 = fcmp olt <4 x double> %29, splat (double 3.000000e+38)
  %32 = and <4 x i1> %30, %31
  %33 = fptrunc <4 x double> %wide.load9 to <4 x float>
  %34 = select <4 x i1> %32, <4 x float> %33, <4 x float> zeroinitializer
  %35 = shl i64 %index8, 2
  %scevgep47 = getelementptr i8, ptr %arg.block, i64 %35
  store <4 x float> %34, ptr %scevgep47, align 4
  %index.next10 = add i64 %index8, 4
  %36 = icmp eq i64 %n.vec7, %index.next10
  br i1 %36, label %vec.epilog.middle.block, label %vec.epilog.vector.body

vec.epilog.middle.block:                          ; preds = %vec.epilog.vector.body
  %cmp.n11 = icmp eq i64 %arg.count, %n.vec7
  br i1 %cmp.n11, label %B126, label %B34.if.preheader

B34.if.preheader:                                 ; preds = %vec.epilog.middle.block, %vec.epilog.iter.check, %vector.memcheck, %iter.check
  %.983840.ph = phi i64 [ 0, %iter.check ], [ 0, %vector.memcheck ], [ %n.vec, %vec.epilog.iter.check ], [ %n.vec7, %vec.epilog.middle.block ]
  %37 = sub nsw i64 %arg.count, %.983840.ph
  %xtraiter = and i64 %37, 7
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B34.if.prol.loopexit, label %vector.ph4

vector.ph4:                                       ; preds = %B34.if.preheader
  %trip.count.minus.1 = add nsw i64 %xtraiter, -1
  %broadcast.splatinsert = insertelement <4 x i64> poison, i64 %trip.count.minus.1, i64 0
  %broadcast.splat = shufflevector <4 x i64> %broadcast.splatinsert, <4 x i64> poison, <4 x i32> zeroinitializer
  %n.rnd.up = add nsw i64 %xtraiter, 3
  %n.vec5 = and i64 %n.rnd.up, 12
  %38 = icmp uge <4 x i64> %broadcast.splat, <i64 0, i64 1, i64 2, i64 3>
  %39 = shl i64 %.983840.ph, 3
  %40 = getelementptr i8, ptr %arg.x, i64 %39
  %wide.masked.load = tail call <4 x double> @llvm.masked.load.v4f64.p0(ptr align 8 %40, <4 x i1> %38, <4 x double> poison)
  %41 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.masked.load)
  %42 = fcmp ogt <4 x double> %41, splat (double 1.000000e-30)
  %43 = fcmp olt <4 x double> %41, splat (double 3.000000e+38)
  %44 = and <4 x i1> %42, %43
  %45 = fptrunc <4 x double> %wide.masked.load to <4 x float>
  %46 = select <4 x i1> %44, <4 x float> %45, <4 x float> zeroinitializer
  %47 = shl i64 %.983840.ph, 2
  %48 = getelementptr i8, ptr %arg.block, i64 %47
  tail call void @llvm.masked.store.v4f32.p0(<4 x float> %46, ptr align 4 %48, <4 x i1> %38)
  %49 = icmp eq i64 %n.vec5, 4
  br i1 %49, label %B34.if.prol.loopexit.loopexit, label %vector.body6.1

vector.body6.1:                                   ; preds = %vector.ph4
  %offset.idx.1 = add i64 %.983840.ph, 4
  %50 = icmp ugt <4 x i64> %broadcast.splat, <i64 3, i64 4, i64 5, i64 6>
  %51 = shl i64 %offset.idx.1, 3
  %52 = getelementptr i8, ptr %arg.x, i64 %51
  %wide.masked.load.1 = tail call <4 x double> @llvm.masked.load.v4f64.p0(ptr align 8 %52, <4 x i1> %50, <4 x double> poison)
  %53 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %wide.masked.load.1)
  %54 = fcmp ogt <4 x double> %53, splat (double 1.000000e-30)
  %55 = fcmp olt <4 x double> %53, splat (double 3.000000e+38)
  %56 = and <4 x i1> %54, %55
  %57 = fptrunc <4 x double> %wide.masked.load.1 to <4 x float>
  %58 = select <4 x i1> %56, <4 x float> %57, <4 x float> zeroinitializer
  %59 = shl i64 %offset.idx.1, 2
  %60 = getelementptr i8, ptr %arg.block, i64 %59
  tail call void @llvm.masked.store.v4f32.p0(<4 x float> %58, ptr align 4 %60, <4 x i1> %50)
  br label %B34.if.prol.loopexit.loopexit

B34.if.prol.loopexit.loopexit:                    ; preds = %vector.body6.1, %vector.ph4
  %offset.idx.lcssa = phi i64 [ %.983840.ph, %vector.ph4 ], [ %offset.idx.1, %vector.body6.1 ]
  %.lcssa = phi <4 x i1> [ %38, %vector.ph4 ], [ %50, %vector.body6.1 ]
  %61 = insertelement <4 x i64> poison, i64 %offset.idx.lcssa, i64 0
  %62 = shufflevector <4 x i64> %61, <4 x i64> poison, <4 x i32> zeroinitializer
  %63 = add <4 x i64> %62, <i64 1, i64 2, i64 3, i64 4>
  %64 = xor <4 x i1> %.lcssa, splat (i1 true)
  %first.inactive.lane = tail call i64 @llvm.experimental.cttz.elts.i64.v4i1(<4 x i1> %64, i1 false)
  %last.active.lane = add i64 %first.inactive.lane, -1
  %65 = extractelement <4 x i64> %63, i64 %last.active.lane
  br label %B34.if.prol.loopexit

B34.if.prol.loopexit:                             ; preds = %B34.if.prol.loopexit.loopexit, %B34.if.preheader
  %.983840.unr = phi i64 [ %.983840.ph, %B34.if.preheader ], [ %65, %B34.if.prol.loopexit.loopexit ]
  %66 = sub nsw i64 %.983840.ph, %arg.count
  %67 = icmp ugt i64 %66, -8
  br i1 %67, label %B126, label %B34.if.preheader3

B34.if.preheader3:                                ; preds = %B34.if.prol.loopexit
  %68 = add nsw i64 %arg.count, -8
  %69 = sub i64 %68, %.983840.unr
  %70 = lshr i64 %69, 3
  %71 = add nsw i64 %70, 1
  %min.iters.check42 = icmp ult i64 %69, 88
  br i1 %min.iters.check42, label %B34.if.preheader52, label %vector.scevcheck

vector.scevcheck:                                 ; preds = %B34.if.preheader3
  %72 = add nsw i64 %arg.count, -8
  %73 = sub i64 %72, %.983840.unr
  %74 = lshr i64 %73, 3
  %75 = shl i64 %.983840.unr, 2
  %scevgep13 = getelementptr i8, ptr %arg.block, i64 %75
  %mul.result = shl i64 %74, 5
  %76 = getelementptr i8, ptr %scevgep13, i64 %mul.result
  %77 = icmp ult ptr %76, %scevgep13
  %78 = getelementptr i8, ptr %arg.block, i64 %75
  %scevgep14 = getelementptr i8, ptr %78, i64 4
  %mul.result16 = shl i64 %74, 5
  %mul.overflow17 = icmp ugt i64 %73, 4611686018427387903
  %79 = getelementptr i8, ptr %scevgep14, i64 %mul.result16
  %80 = icmp ult ptr %79, %scevgep14
  %81 = or i1 %80, %mul.overflow17
  %82 = getelementptr i8, ptr %arg.block, i64 %75
  %scevgep18 = getelementptr i8, ptr %82, i64 8
  %mul.result20 = shl i64 %74, 5
  %83 = getelementptr i8, ptr %scevgep18, i64 %mul.result20
  %84 = icmp ult ptr %83, %scevgep18
  %85 = getelementptr i8, ptr %arg.block, i64 %75
  %scevgep22 = getelementptr i8, ptr %85, i64 12
  %mul.result24 = shl i64 %74, 5
  %86 = getelementptr i8, ptr %scevgep22, i64 %mul.result24
  %87 = icmp ult ptr %86, %scevgep22
  %88 = getelementptr i8, ptr %arg.block, i64 %75
  %scevgep26 = getelementptr i8, ptr %88, i64 16
  %mul.result28 = shl i64 %74, 5
  %89 = getelementptr i8, ptr %scevgep26, i64 %mul.result28
  %90 = icmp ult ptr %89, %scevgep26
  %91 = getelementptr i8, ptr %arg.block, i64 %75
  %scevgep30 = getelementptr i8, ptr %91, i64 20
  %mul.result32 = shl i64 %74, 5
  %92 = getelementptr i8, ptr %scevgep30, i64 %mul.result32
  %93 = icmp ult ptr %92, %scevgep30
  %94 = getelementptr i8, ptr %arg.block, i64 %75
  %scevgep34 = getelementptr i8, ptr %94, i64 24
  %mul.result36 = shl i64 %74, 5
  %95 = getelementptr i8, ptr %scevgep34, i64 %mul.result36
  %96 = icmp ult ptr %95, %scevgep34
  %97 = getelementptr i8, ptr %arg.block, i64 %75
  %scevgep38 = getelementptr i8, ptr %97, i64 28
  %mul.result40 = shl i64 %74, 5
  %98 = getelementptr i8, ptr %scevgep38, i64 %mul.result40
  %99 = icmp ult ptr %98, %scevgep38
  %100 = or i1 %77, %81
  %101 = or i1 %84, %100
  %102 = or i1 %87, %101
  %103 = or i1 %90, %102
  %104 = or i1 %93, %103
  %105 = or i1 %96, %104
  %106 = or i1 %99, %105
  br i1 %106, label %B34.if.preheader52, label %vector.ph43

vector.ph43:                                      ; preds = %vector.scevcheck
  %n.vec45 = and i64 %71, 4611686018427387900
  %107 = shl i64 %n.vec45, 3
  %108 = add i64 %.983840.unr, %107
  br label %vector.body46

vector.body46:                                    ; preds = %vector.body46, %vector.ph43
  %index47 = phi i64 [ 0, %vector.ph43 ], [ %index.next49, %vector.body46 ]
  %109 = shl i64 %index47, 3
  %offset.idx48 = add i64 %.983840.unr, %109
  %110 = shl i64 %offset.idx48, 3
  %111 = shl i64 %offset.idx48, 3
  %112 = shl i64 %offset.idx48, 3
  %113 = shl i64 %offset.idx48, 3
  %114 = getelementptr i8, ptr %arg.x, i64 %110
  %115 = getelementptr i8, ptr %arg.x, i64 %111
  %116 = getelementptr i8, ptr %115, i64 64
  %117 = getelementptr i8, ptr %arg.x, i64 %112
  %118 = getelementptr i8, ptr %117, i64 128
  %119 = getelementptr i8, ptr %arg.x, i64 %113
  %120 = getelementptr i8, ptr %119, i64 192
  %121 = load double, ptr %114, align 8
  %122 = load double, ptr %116, align 8
  %123 = load double, ptr %118, align 8
  %124 = load double, ptr %120, align 8
  %125 = insertelement <4 x double> poison, double %121, i64 0
  %126 = insertelement <4 x double> %125, double %122, i64 1
  %127 = insertelement <4 x double> %126, double %123, i64 2
  %128 = insertelement <4 x double> %127, double %124, i64 3
  %129 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %128)
  %130 = shl i64 %offset.idx48, 2
  %131 = getelementptr i8, ptr %arg.block, i64 %130
  %132 = getelementptr i8, ptr %114, i64 8
  %133 = getelementptr i8, ptr %115, i64 72
  %134 = getelementptr i8, ptr %117, i64 136
  %135 = getelementptr i8, ptr %119, i64 200
  %136 = load double, ptr %132, align 8
  %137 = load double, ptr %133, align 8
  %138 = load double, ptr %134, align 8
  %139 = load double, ptr %135, align 8
  %140 = insertelement <4 x double> poison, double %136, i64 0
  %141 = insertelement <4 x double> %140, double %137, i64 1
  %142 = insertelement <4 x double> %141, double %138, i64 2
  %143 = insertelement <4 x double> %142, double %139, i64 3
  %144 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %143)
  %145 = getelementptr i8, ptr %114, i64 16
  %146 = getelementptr i8, ptr %115, i64 80
  %147 = getelementptr i8, ptr %117, i64 144
  %148 = getelementptr i8, ptr %119, i64 208
  %149 = load double, ptr %145, align 8
  %150 = load double, ptr %146, align 8
  %151 = load double, ptr %147, align 8
  %152 = load double, ptr %148, align 8
  %153 = insertelement <4 x double> poison, double %149, i64 0
  %154 = insertelement <4 x double> %153, double %150, i64 1
  %155 = insertelement <4 x double> %154, double %151, i64 2
  %156 = insertelement <4 x double> %155, double %152, i64 3
  %157 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %156)
  %158 = getelementptr i8, ptr %114, i64 24
  %159 = getelementptr i8, ptr %115, i64 88
  %160 = getelementptr i8, ptr %117, i64 152
  %161 = getelementptr i8, ptr %119, i64 216
  %162 = load double, ptr %158, align 8
  %163 = load double, ptr %159, align 8
  %164 = load double, ptr %160, align 8
  %165 = load double, ptr %161, align 8
  %166 = insertelement <4 x double> poison, double %162, i64 0
  %167 = insertelement <4 x double> %166, double %163, i64 1
  %168 = insertelement <4 x double> %167, double %164, i64 2
  %169 = insertelement <4 x double> %168, double %165, i64 3
  %170 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %169)
  %171 = getelementptr i8, ptr %114, i64 32
  %172 = getelementptr i8, ptr %115, i64 96
  %173 = getelementptr i8, ptr %117, i64 160
  %174 = getelementptr i8, ptr %119, i64 224
  %175 = load double, ptr %171, align 8
  %176 = load double, ptr %172, align 8
  %177 = load double, ptr %173, align 8
  %178 = load double, ptr %174, align 8
  %179 = insertelement <4 x double> poison, double %175, i64 0
  %180 = insertelement <4 x double> %179, double %176, i64 1
  %181 = insertelement <4 x double> %180, double %177, i64 2
  %182 = insertelement <4 x double> %181, double %178, i64 3
  %183 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %182)
  %184 = getelementptr i8, ptr %114, i64 40
  %185 = getelementptr i8, ptr %115, i64 104
  %186 = getelementptr i8, ptr %117, i64 168
  %187 = getelementptr i8, ptr %119, i64 232
  %188 = load double, ptr %184, align 8
  %189 = load double, ptr %185, align 8
  %190 = load double, ptr %186, align 8
  %191 = load double, ptr %187, align 8
  %192 = insertelement <4 x double> poison, double %188, i64 0
  %193 = insertelement <4 x double> %192, double %189, i64 1
  %194 = insertelement <4 x double> %193, double %190, i64 2
  %195 = insertelement <4 x double> %194, double %191, i64 3
  %196 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %195)
  %197 = getelementptr i8, ptr %114, i64 48
  %198 = getelementptr i8, ptr %115, i64 112
  %199 = getelementptr i8, ptr %117, i64 176
  %200 = getelementptr i8, ptr %119, i64 240
  %201 = load double, ptr %197, align 8
  %202 = load double, ptr %198, align 8
  %203 = load double, ptr %199, align 8
  %204 = load double, ptr %200, align 8
  %205 = insertelement <4 x double> poison, double %201, i64 0
  %206 = insertelement <4 x double> %205, double %202, i64 1
  %207 = insertelement <4 x double> %206, double %203, i64 2
  %208 = insertelement <4 x double> %207, double %204, i64 3
  %209 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %208)
  %210 = getelementptr i8, ptr %114, i64 56
  %211 = getelementptr i8, ptr %115, i64 120
  %212 = getelementptr i8, ptr %117, i64 184
  %213 = getelementptr i8, ptr %119, i64 248
  %214 = load double, ptr %210, align 8
  %215 = load double, ptr %211, align 8
  %216 = load double, ptr %212, align 8
  %217 = load double, ptr %213, align 8
  %218 = insertelement <4 x double> poison, double %214, i64 0
  %219 = insertelement <4 x double> %218, double %215, i64 1
  %220 = insertelement <4 x double> %219, double %216, i64 2
  %221 = insertelement <4 x double> %220, double %217, i64 3
  %222 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %221)
  %223 = shufflevector <4 x double> %129, <4 x double> %144, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %224 = fcmp ogt <8 x double> %223, splat (double 1.000000e-30)
  %225 = shufflevector <4 x double> %129, <4 x double> %144, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %226 = fcmp olt <8 x double> %225, splat (double 3.000000e+38)
  %227 = and <8 x i1> %224, %226
  %228 = shufflevector <4 x double> %128, <4 x double> %143, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %229 = fptrunc <8 x double> %228 to <8 x float>
  %230 = select <8 x i1> %227, <8 x float> %229, <8 x float> zeroinitializer
  %231 = shufflevector <4 x double> %157, <4 x double> %170, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %232 = fcmp ogt <8 x double> %231, splat (double 1.000000e-30)
  %233 = shufflevector <4 x double> %157, <4 x double> %170, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %234 = fcmp olt <8 x double> %233, splat (double 3.000000e+38)
  %235 = and <8 x i1> %232, %234
  %236 = shufflevector <4 x double> %156, <4 x double> %169, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %237 = fptrunc <8 x double> %236 to <8 x float>
  %238 = select <8 x i1> %235, <8 x float> %237, <8 x float> zeroinitializer
  %239 = shufflevector <4 x double> %183, <4 x double> %196, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %240 = fcmp ogt <8 x double> %239, splat (double 1.000000e-30)
  %241 = shufflevector <4 x double> %183, <4 x double> %196, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %242 = fcmp olt <8 x double> %241, splat (double 3.000000e+38)
  %243 = and <8 x i1> %240, %242
  %244 = shufflevector <4 x double> %182, <4 x double> %195, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %245 = fptrunc <8 x double> %244 to <8 x float>
  %246 = select <8 x i1> %243, <8 x float> %245, <8 x float> zeroinitializer
  %247 = shufflevector <4 x double> %209, <4 x double> %222, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %248 = fcmp ogt <8 x double> %247, splat (double 1.000000e-30)
  %249 = shufflevector <4 x double> %209, <4 x double> %222, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %250 = fcmp olt <8 x double> %249, splat (double 3.000000e+38)
  %251 = and <8 x i1> %248, %250
  %252 = shufflevector <4 x double> %208, <4 x double> %221, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %253 = fptrunc <8 x double> %252 to <8 x float>
  %254 = select <8 x i1> %251, <8 x float> %253, <8 x float> zeroinitializer
  %255 = shufflevector <8 x float> %230, <8 x float> %238, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %256 = shufflevector <8 x float> %246, <8 x float> %254, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %interleaved.vec = shufflevector <16 x float> %255, <16 x float> %256, <32 x i32> <i32 0, i32 4, i32 8, i32 12, i32 16, i32 20, i32 24, i32 28, i32 1, i32 5, i32 9, i32 13, i32 17, i32 21, i32 25, i32 29, i32 2, i32 6, i32 10, i32 14, i32 18, i32 22, i32 26, i32 30, i32 3, i32 7, i32 11, i32 15, i32 19, i32 23, i32 27, i32 31>
  store <32 x float> %interleaved.vec, ptr %131, align 4
  %index.next49 = add i64 %index47, 4
  %257 = icmp eq i64 %index.next49, %n.vec45
  br i1 %257, label %middle.block50, label %vector.body46

middle.block50:                                   ; preds = %vector.body46
  %cmp.n51 = icmp eq i64 %71, %n.vec45
  br i1 %cmp.n51, label %B126, label %B34.if.preheader52

B34.if.preheader52:                               ; preds = %vector.scevcheck, %B34.if.preheader3, %middle.block50
  %.983840.ph53 = phi i64 [ %.983840.unr, %vector.scevcheck ], [ %.983840.unr, %B34.if.preheader3 ], [ %108, %middle.block50 ]
  br label %B34.if

B126:                                             ; preds = %B34.if, %middle.block50, %B34.if.prol.loopexit, %vec.epilog.middle.block, %middle.block, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.if.preheader52, %B34.if
  %.983840 = phi i64 [ %.105.7, %B34.if ], [ %.983840.ph53, %B34.if.preheader52 ]
  %sunkaddr86 = shl i64 %.983840, 3
  %sunkaddr87 = getelementptr i8, ptr %arg.x, i64 %sunkaddr86
  %sunkaddr88 = shl i64 %.983840, 2
  %sunkaddr89 = getelementptr i8, ptr %arg.block, i64 %sunkaddr88
  %.105.7 = add nsw i64 %.983840, 8
  %258 = load <8 x double>, ptr %sunkaddr87, align 8
  %259 = tail call <8 x double> @llvm.fabs.v8f64(<8 x double> %258)
  %260 = fcmp ogt <8 x double> %259, splat (double 1.000000e-30)
  %261 = fcmp olt <8 x double> %259, splat (double 3.000000e+38)
  %262 = and <8 x i1> %260, %261
  %263 = fptrunc <8 x double> %258 to <8 x float>
  %264 = select <8 x i1> %262, <8 x float> %263, <8 x float> zeroinitializer
  store <8 x float> %264, ptr %sunkaddr89, align 4
  %exitcond.not.7 = icmp eq i64 %arg.count, %.105.7
  br i1 %exitcond.not.7, label %B126, label %B34.if
}

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

declare <4 x double> @llvm.masked.load.v4f64.p0(ptr, <4 x i1>, <4 x double>)

declare void @llvm.masked.store.v4f32.p0(<4 x float>, ptr, <4 x i1>)

declare i64 @llvm.experimental.cttz.elts.i64.v4i1(<4 x i1>, i1 immarg)

declare <8 x double> @llvm.fabs.v8f64(<8 x double>)


