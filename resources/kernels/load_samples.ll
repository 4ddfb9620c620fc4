; e5a6c3e4cdd6f178bbb678064f43f53f5282c40edfdc92cc273be5325b161471

define i32 @load_samples(ptr %retptr, ptr %excinfo, ptr %arg.block, ptr %arg.x, i64 %arg.count) {
entry:
  %.9239.not = icmp slt i64 %arg.count, 1
  br i1 %.9239.not, label %B114, label %iter.check

iter.check:                                       ; preds = %entry
  %min.iters.check = icmp ult i64 %arg.count, 4
  br i1 %min.iters.check, label %B34.if.preheader, label %vector.memcheck

vector.memcheck:                                  ; preds = %iter.check
  %0 = shl i64 %arg.count, 3
  %scevgep = getelementptr i8, ptr %arg.x, i64 %0
  %1 = shl i64 %arg.count, 2
  %scevgep1 = getelementptr i8, ptr %arg.block, i64 %1
  %bound0 = icmp ult ptr %arg.x, %scevgep1
  %bound1 = icmp ult ptr %arg.block, %scevgep
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
  %sunkaddr = shl i64 %index, 2
  %sunkaddr65 = getelementptr i8, ptr %arg.block, i64 %sunkaddr
  %wide.load = load <4 x float>, ptr %sunkaddr65, align 4
  %sunkaddr68 = getelementptr i8, ptr %sunkaddr65, i64 16
  %wide.load3 = load <4 x float>, ptr %sunkaddr68, align 4
  %sunkaddr71 = getelementptr i8, ptr %sunkaddr65, i64 32
  %wide.load4 = load <4 x float>, ptr %sunkaddr71, align 4
  %sunkaddr74 = getelementptr i8, ptr %sunkaddr65, i64 48
  %wide.load5 = load <4 x float>, ptr %sunkaddr74, align 4
  %2 = fsub <4 x float> %wide.load, %wide.load
  %3 = fsub <4 x float> %wide.load3, %wide.load3
  %4 = fsub <4 x float> %wide.load4, %wide.load4
  %5 = fsub <4 x float> %wide.load5, %wide.load5
  %6 = fcmp oeq <4 x float> %2, zeroinitializer
  %7 = fcmp oeq <4 x float> %3, zeroinitializer
  %8 = fcmp oeq <4 x float> %4, zeroinitializer
  %9 = fcmp oeq <4 x float> %5, zeroinitializer
  %10 = fpext <4 x float> %wide.load to <4 x double>
  %11 = fpext <4 x float> %wide.load3 to <4 x double>
  %12 = fpext <4 x float> %wide.load4 to <4 x double>
  %13 = fpext <4 x float> %wide.load5 to <4 x double>
  %14 = select <4 x i1> %6, <4 x double> %10, <4 x double> zeroinitializer
  %15 = select <4 x i1> %7, <4 x double> %11, <4 x double> zeroinitializer
  %16 = select <4 x i1> %8, <4 x double> %12, <4 x double> zeroinitializer
  %17 = select <4 x i1> %9, <4 x double> %13, <4 x double> zeroinitializer
  %sunkaddr75 = shl i64 %index, 3
  %sunkaddr76 = getelementptr i8, ptr %arg.x, i64 %sunkaddr75
  store <4 x double> %14, ptr %sunkaddr76, align 8
  %sunkaddr79 = getelementptr i8, ptr %sunkaddr76, i64 32
  store <4 x double> %15, ptr %sunkaddr79, align 8
  %sunkaddr82 = getelementptr i8, ptr %sunkaddr76, i64 64
  store <4 x double> %16, ptr %sunkaddr82, align 8
  %sunkaddr85 = getelementptr i8, ptr %sunkaddr76, i64 96
  store <4 x double> %17, ptr %sunkaddr85, align 8
  %index.next = add nsw i64 %index, 16
  %18 = icmp eq i64 %n.vec, %index.next
  br i1 %18, label %middle.block, label %vector.body

middle.block:                                     ; preds = %vector.body
  %cmp.n = icmp eq i64 %arg.count, %n.vec
  br i1 %cmp.n, label %B114, label %vec.epilog.iter.check

vec.epilog.iter.check:                            ; preds = %middle.block
  %19 = and i64 %arg.count, 12
  %min.epilog.iters.check = icmp eq i64 %19, 0
  br i1 %min.epilog.iters.check, label %B34.if.preheader, label %vec.epilog.ph

vec.epilog.ph:                                    ; preds = %vec.epilog.iter.check, %vector.main.loop.iter.check
  %vec.epilog.resume.val = phi i64 [ %n.vec, %vec.epilog.iter.check ], [ 0, %vector.main.loop.iter.check ]
  %n.vec7 = and i64 %arg.count, 9223372036854775804
  br label %vec.epilog.vector.body

vec.epilog.vector.body:                           ; preds = %vec.epilog.vector.body, %vec.epilog.ph
  %index8 = phi i64 [ %vec.epilog.resume.val, %vec.epilog.ph ], [ %index.next10, %vec.epilog.vector.body ]
  %20 = shl i64 %index8, 2
  %scevgep48 = getelementptr i8, ptr %arg.block, i64 %20
  %wide.load9 = load <4 x float>, ptr %scevgep48, align 4
  %21 = fsub <4 x float> %wide.load9, %wide.load9
  %22 = fcmp oeq <4 x float> %21, zeroinitializer
  %23 = fpext <4 x float> %wide.load9 to <4 x double>
  %24 = select <4 x i1> %22, <4 x double> %23, <4 x double> zeroinitializer
  %25 = shl i64 %index8, 3
  %scevgep47 = getelementptr i8, ptr %arg.x, i64 %25
  store <4 x double> %24, ptr %scevgep47, align 8
  %index.next10 = add i64 %index8, 4
  %26 = icmp eq i64 %n.vec7, %index.next10
  br i1 %26, label %vec.epilog.middle.block, label %vec.epilog.vector.body

vec.epilog.middle.block:                          ; preds = %vec.epilog.vector.body
  %cmp.n11 = icmp eq i64 %arg.count, %n.vec7
  br i1 %cmp.n11, label %B114, label %B34.if.preheader

B34.if.preheader:                                 ; preds = %vec.epilog.middle.block, %vec.epilog.iter.check, %vector.memcheck, %iter.check
  %.983840.ph = phi i64 [ 0, %iter.check ], [ 0, %vector.memcheck ], [ %n.vec, %vec.epilog.iter.check ], [ %n.vec7, %vec.epilog.middle.block ]
  %27 = sub nsw i64 %arg.count, %.983840.ph
  %xtraiter = and i64 %27, 7
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B34.if.prol.loopexit, label %B34.if.prol

B34.if.prol:                                      ; preds = %B34.if.preheader
  %.105.prol = or i64 %.983840.ph, 1
  %28 = shl i64 %.983840.ph, 2
  %scevgep46 = getelementptr i8, ptr %arg.block, i64 %28
  %.136.prol = load float, ptr %scevgep46, align 4
  %.142.prol = fsub float %.136.prol, %.136.prol
  %.144.prol = fcmp oeq float %.142.prol, 0.000000e+00
  %.149.prol = fpext float %.136.prol to double
  %"$phi104.1.2.1.prol" = select i1 %.144.prol, double %.149.prol, double 0.000000e+00
  %29 = shl i64 %.983840.ph, 3
  %scevgep45 = getelementptr i8, ptr %arg.x, i64 %29
  store double %"$phi104.1.2.1.prol", ptr %scevgep45, align 8
  %prol.iter.cmp.not = icmp eq i64 %xtraiter, 1
  br i1 %prol.iter.cmp.not, label %B34.if.prol.loopexit, label %B34.if.prol.1

B34.if.prol.1:                                    ; preds = %B34.if.prol
  %.105.prol.1 = or i64 %.983840.ph, 2
  %30 = shl i64 %.105.prol, 2
  %scevgep46.1 = getelementptr i8, ptr %arg.block, i64 %30
  %.136.prol.1 = load float, ptr %scevgep46.1, align 4
  %.142.prol.1 = fsub float %.136.prol.1, %.136.prol.1
  %.144.prol.1 = fcmp oeq float %.142.prol.1, 0.000000e+00
  %.149.prol.1 = fpext float %.136.prol.1 to double
  %"$phi104.1.2.1.prol.1" = select i1 %.144.prol.1, double %.149.prol.1, double 0.000000e+00
  %31 = shl i64 %.105.prol, 3
  %scevgep45.1 = getelementptr i8, ptr %arg.x, i64 %31
  store double %"$phi104.1.2.1.prol.1", ptr %scevgep45.1, align 8
  %prol.iter.cmp.not.1 = icmp eq i64 %xtraiter, 2
  br i1 %prol.iter.cmp.not.1, label %B34.if.prol.loopexit, label %B34.if.prol.2

B34.if.prol.2:                                    ; preds = %B34.if.prol.1
  %.105.prol.2 = or i64 %.983840.ph, 3
  %32 = shl i64 %.105.prol.1, 2
  %scevgep46.2 = getelementptr i8, ptr %arg.block, i64 %32
  %.136.prol.2 = load float, ptr %scevgep46.2, align 4
  %.142.prol.2 = fsub float %.136.prol.2, %.136.prol.2
  %.144.prol.2 = fcmp oeq float %.142.prol.2, 0.000000e+00
  %.149.prol.2 = fpext float %.136.prol.2 to double
  %"$phi104.1.2.1.prol.2" = select i1 %.144.prol.2, double %.149.prol.2, double 0.000000e+00
  %33 = shl i64 %.105.prol.1, 3
  %scevgep45.2 = getelementptr i8, ptr %arg.x, i64 %33
  store double %"$phi104.1.2.1.prol.2", ptr %scevgep45.2, align 8
  %prol.iter.cmp.not.2 = icmp eq i64 %xtraiter, 3
  br i1 %prol.iter.cmp.not.2, label %B34.if.prol.loopexit, label %B34.if.prol.3

B34.if.prol.3:                                    ; preds = %B34.if.prol.2
  %.105.prol.3 = add i64 %.983840.ph, 4
  %34 = shl i64 %.105.prol.2, 2
  %scevgep46.3 = getelementptr i8, ptr %arg.block, i64 %34
  %.136.prol.3 = load float, ptr %scevgep46.3, align 4
  %.142.prol.3 = fsub float %.136.prol.3, %.136.prol.3
  %.144.prol.3 = fcmp oeq float %.142.prol.3, 0.000000e+00
  %.149.prol.3 = fpext float %.136.prol.3 to double
  %"$phi104.1.2.1.prol.3" = select i1 %.144.prol.3, double %.149.prol.3, double 0.000000e+00
  %35 = shl i64 %.105.prol.2, 3
  %scevgep45.3 = getelementptr i8, ptr %arg.x, i64 %35
  store double %"$phi104.1.2.1.prol.3", ptr %scevgep45.3, align 8
  %prol.iter.cmp.not.3 = icmp eq i64 %xtraiter, 4
  br i1 %prol.iter.cmp.not.3, label %B34.if.prol.loopexit, label %B34.if.prol.4

B34.if.prol.4:                                    ; preds = %B34.if.prol.3
  %.105.prol.4 = add i64 %.983840.ph, 5
  %36 = shl i64 %.105.prol.3, 2
  %scevgep46.4 = getelementptr i8, ptr %arg.block, i64 %36
  %.136.prol.4 = load float, ptr %scevgep46.4, align 4
  %.142.prol.4 = fsub float %.136.prol.4, %.136.prol.4
  %.144.prol.4 = fcmp oeq float %.142.prol.4, 0.000000e+00
  %.149.prol.4 = fpext float %.136.prol.4 to double
  %"$phi104.1.2.1.prol.4" = select i1 %.144.prol.4, double %.149.prol.4, double 0.000000e+00
  %37 = shl i64 %.105.prol.3, 3
  %scevgep45.4 = getelementptr i8, ptr %arg.x, i64 %37
  store double %"$phi104.1.2.1.prol.4", ptr %scevgep45.4, align 8
  %prol.iter.cmp.not.4 = icmp eq i64 %xtraiter, 5
  br i1 %prol.iter.cmp.not.4, label %B34.if.prol.loopexit, label %B34.if.prol.5

B34.if.prol.5:                                    ; preds = %B34.if.prol.4
  %.105.prol.5 = add i64 %.983840.ph, 6
  %38 = shl i64 %.105.prol.4, 2
  %scevgep46.5 = getelementptr i8, ptr %arg.block, i64 %38
  %.136.prol.5 = load float, ptr %scevgep46.5, align 4
  %.142.prol.5 = fsub float %.136.prol.5, %.136.prol.5
  %.144.prol.5 = fcmp oeq float %.142.prol.5, 0.000000e+00
  %.149.prol.5 = fpext float %.136.prol.5 to double
  %"$phi104.1.2.1.prol.5" = select i1 %.144.prol.5, double %.149.prol.5, double 0.000000e+00
  %39 = shl i64 %.105.prol.4, 3
  %scevgep45.5 = getelementptr i8, ptr %arg.x, i64 %39
  store double %"$phi104.1.2.1.prol.5", ptr %scevgep45.5, align 8
  %prol.iter.cmp.not.5 = icmp eq i64 %xtraiter, 6
  br i1 %prol.iter.cmp.not.5, label %B34.if.prol.loopexit, label %B34.if.prol.6

B34.if.prol.6:                                    ; preds = %B34.if.prol.5
  %.105.prol.6 = add i64 %.983840.ph, 7
  %40 = shl i64 %.105.prol.5, 2
  %scevgep46.6 = getelementptr i8, ptr %arg.block, i64 %40
  %.136.prol.6 = load float, ptr %scevgep46.6, align 4
  %.142.prol.6 = fsub float %.136.prol.6, %.136.prol.6
  %.144.prol.6 = fcmp oeq float %.142.prol.6, 0.000000e+00
  %.149.prol.6 = fpext float %.136.prol.6 to double
  %"$phi104.1.2.1.prol.6" = select i1 %.144.prol.6, double %.149.prol.6, double 0.000000e+00
  %41 = shl i64 %.105.prol.5, 3
  %scevgep45.6 = getelementptr i8, ptr %arg.x, i64 %41
  store double %"$phi104.1.2.1.prol.6", ptr %scevgep45.6, align 8
  br label %B34.if.prol.loopexit

B34.if.prol.loopexit:                             ; preds = %B34.if.prol, %B34.if.prol.1, %B34.if.prol.2, %B34.if.prol.3, %B34.if.prol.4, %B34.if.prol.5, %B34.if.prol.6, %B34.if.preheader
  %.983840.unr = phi i64 [ %.983840.ph, %B34.if.preheader ], [ %.105.prol, %B34.if.prol ], [ %.105.prol.1, %B34.if.prol.1 ], [ %.105.prol.2, %B34.if.prol.2 ], [ %.105.prol.3, %B34.if.prol.3 ], [ %.105.prol.4, %B34.if.prol.4 ], [ %.105.prol.5, %B34.if.prol.5 ], [ %.105.prol.6, %B34.if.prol.6 ]
  %42 = sub nsw i64 %.983840.ph, %arg.count
  %43 = icmp ugt i64 %42, -8
  br i1 %43, label %B114, label %B34.if.preheader3

B34.if.preheader3:                                ; preds = %B34.if.prol.loopexit
  %44 = add nsw i64 %arg.count, -8
  %45 = sub i64 %44, %.983840.unr
  %46 = lshr i64 %45, 3
  %47 = add nsw i64 %46, 1
  %min.iters.check33 = icmp ult i64 %45, 152
  br i1 %min.iters.check33, label %B34.if.preheader41, label %vector.scevcheck

vector.scevcheck:                                 ; preds = %B34.if.preheader3
  %48 = add nsw i64 %arg.count, -8
  %49 = sub i64 %48, %.983840.unr
  %50 = lshr i64 %49, 3
  %51 = shl i64 %.983840.unr, 3
  %scevgep4 = getelementptr i8, ptr %arg.x, i64 %51
  %mul.result = shl i64 %50, 6
  %52 = getelementptr i8, ptr %scevgep4, i64 %mul.result
  %53 = icmp ult ptr %52, %scevgep4
  %54 = getelementptr i8, ptr %arg.x, i64 %51
  %scevgep5 = getelementptr i8, ptr %54, i64 8
  %mul.result7 = shl i64 %50, 6
  %mul.overflow8 = icmp ugt i64 %49, 2305843009213693951
  %55 = getelementptr i8, ptr %scevgep5, i64 %mul.result7
  %56 = icmp ult ptr %55, %scevgep5
  %57 = or i1 %56, %mul.overflow8
  %58 = getelementptr i8, ptr %arg.x, i64 %51
  %scevgep9 = getelementptr i8, ptr %58, i64 16
  %mul.result11 = shl i64 %50, 6
  %59 = getelementptr i8, ptr %scevgep9, i64 %mul.result11
  %60 = icmp ult ptr %59, %scevgep9
  %61 = getelementptr i8, ptr %arg.x, i64 %51
  %scevgep13 = getelementptr i8, ptr %61, i64 24
  %mul.result15 = shl i64 %50, 6
  %62 = getelementptr i8, ptr %scevgep13, i64 %mul.result15
  %63 = icmp ult ptr %62, %scevgep13
  %64 = getelementptr i8, ptr %arg.x, i64 %51
  %scevgep17 = getelementptr i8, ptr %64, i64 32
  %mul.result19 = shl i64 %50, 6
  %65 = getelementptr i8, ptr %scevgep17, i64 %mul.result19
  %66 = icmp ult ptr %65, %scevgep17
  %67 = getelementptr i8, ptr %arg.x, i64 %51
  %scevgep21 = getelementptr i8, ptr %67, i64 40
  %mul.result23 = shl i64 %50, 6
  %68 = getelementptr i8, ptr %scevgep21, i64 %mul.result23
  %69 = icmp ult ptr %68, %scevgep21
  %70 = getelementptr i8, ptr %arg.x, i64 %51
  %scevgep25 = getelementptr i8, ptr %70, i64 48
  %mul.result27 = shl i64 %50, 6
  %71 = getelementptr i8, ptr %scevgep25, i64 %mul.result27
  %72 = icmp ult ptr %71, %scevgep25
  %73 = getelementptr i8, ptr %arg.x, i64 %51
  %scevgep29 = getelementptr i8, ptr %73, i64 56
  %mul.result31 = shl i64 %50, 6
  %74 = getelementptr i8, ptr %scevgep29, i64 %mul.result31
  %75 = icmp ult ptr %74, %scevgep29
  %76 = or i1 %53, %57
  %77 = or i1 %60, %76
  %78 = or i1 %63, %77
  %79 = or i1 %66, %78
  %80 = or i1 %69, %79
  %81 = or i1 %72, %80
  %82 = or i1 %75, %81
  br i1 %82, label %B34.if.preheader41, label %vector.ph34

vector.ph34:                                      ; preds = %vector.scevcheck
  %n.vec35 = and i64 %47, 4611686018427387900
  %83 = shl i64 %n.vec35, 3
  %84 = add i64 %.983840.unr, %83
  br label %vector.body36

vector.body36:                                    ; preds = %vector.body36, %vector.ph34
  %index37 = phi i64 [ 0, %vector.ph34 ], [ %index.next38, %vector.body36 ]
  %85 = shl i64 %index37, 3
  %offset.idx = add i64 %.983840.unr, %85
  %86 = shl i64 %offset.idx, 2
  %87 = shl i64 %offset.idx, 2
  %88 = shl i64 %offset.idx, 2
  %89 = shl i64 %offset.idx, 2
  %90 = getelementptr i8, ptr %arg.block, i64 %86
  %91 = getelementptr i8, ptr %arg.block, i64 %87
  %92 = getelementptr i8, ptr %91, i64 32
  %93 = getelementptr i8, ptr %arg.block, i64 %88
  %94 = getelementptr i8, ptr %93, i64 64
  %95 = getelementptr i8, ptr %arg.block, i64 %89
  %96 = getelementptr i8, ptr %95, i64 96
  %97 = load float, ptr %90, align 4
  %98 = load float, ptr %92, align 4
  %99 = load float, ptr %94, align 4
  %100 = load float, ptr %96, align 4
  %101 = insertelement <4 x float> poison, float %97, i64 0
  %102 = insertelement <4 x float> %101, float %98, i64 1
  %103 = insertelement <4 x float> %102, float %99, i64 2
  %104 = insertelement <4 x float> %103, float %100, i64 3
  %105 = fsub <4 x float> %104, %104
  %106 = fcmp oeq <4 x float> %105, zeroinitializer
  %107 = fpext <4 x float> %104 to <4 x double>
  %108 = select <4 x i1> %106, <4 x double> %107, <4 x double> zeroinitializer
  %109 = shl i64 %offset.idx, 3
  %110 = getelementptr i8, ptr %arg.x, i64 %109
  %111 = getelementptr i8, ptr %90, i64 4
  %112 = getelementptr i8, ptr %91, i64 36
  %113 = getelementptr i8, ptr %93, i64 68
  %114 = getelementptr i8, ptr %95, i64 100
  %115 = load float, ptr %111, align 4
  %116 = load float, ptr %112, align 4
  %117 = load float, ptr %113, align 4
  %118 = load float, ptr %114, align 4
  %119 = insertelement <4 x float> poison, float %115, i64 0
  %120 = insertelement <4 x float> %119, float %116, i64 1
  %121 = insertelement <4 x float> %120, float %117, i64 2
  %122 = insertelement <4 x float> %121, float %118, i64 3
  %123 = fsub <4 x float> %122, %122
  %124 = fcmp oeq <4 x float> %123, zeroinitializer
  %125 = fpext <4 x float> %122 to <4 x double>
  %126 = select <4 x i1> %124, <4 x double> %125, <4 x double> zeroinitializer
  %127 = getelementptr i8, ptr %90, i64 8
  %128 = getelementptr i8, ptr %91, i64 40
  %129 = getelementptr i8, ptr %93, i64 72
  %130 = getelementptr i8, ptr %95, i64 104
  %131 = load float, ptr %127, align 4
  %132 = load float, ptr %128, align 4
  %133 = load float, ptr %129, align 4
  %134 = load float, ptr %130, align 4
  %135 = insertelement <4 x float> poison, float %131, i64 0
  %136 = insertelement <4 x float> %135, float %132, i64 1
  %137 = insertelement <4 x float> %136, float %133, i64 2
  %138 = insertelement <4 x float> %137, float %134, i64 3
  %139 = fsub <4 x float> %138, %138
  %140 = fcmp oeq <4 x float> %139, zeroinitializer
  %141 = fpext <4 x float> %138 to <4 x double>
  %142 = select <4 x i1> %140, <4 x double> %141, <4 x double> zeroinitializer
  %143 = getelementptr i8, ptr %90, i64 12
  %144 = getelementptr i8, ptr %91, i64 44
  %145 = getelementptr i8, ptr %93, i64 76
  %146 = getelementptr i8, ptr %95, i64 108
  %147 = load float, ptr %143, align 4
  %148 = load float, ptr %144, align 4
  %149 = load float, ptr %145, align 4
  %150 = load float, ptr %146, align 4
  %151 = insertelement <4 x float> poison, float %147, i64 0
  %152 = insertelement <4 x float> %151, float %148, i64 1
  %153 = insertelement <4 x float> %152, float %149, i64 2
  %154 = insertelement <4 x float> %153, float %150, i64 3
  %155 = fsub <4 x float> %154, %154
  %156 = fcmp oeq <4 x float> %155, zeroinitializer
  %157 = fpext <4 x float> %154 to <4 x double>
  %158 = select <4 x i1> %156, <4 x double> %157, <4 x double> zeroinitializer
  %159 = getelementptr i8, ptr %90, i64 16
  %160 = getelementptr i8, ptr %91, i64 48
  %161 = getelementptr i8, ptr %93, i64 80
  %162 = getelementptr i8, ptr %95, i64 112
  %163 = load float, ptr %159, align 4
  %164 = load float, ptr %160, align 4
  %165 = load float, ptr %161, align 4
  %166 = load float, ptr %162, align 4
  %167 = insertelement <4 x float> poison, float %163, i64 0
  %168 = insertelement <4 x float> %167, float %164, i64 1
  %169 = insertelement <4 x float> %168, float %165, i64 2
  %170 = insertelement <4 x float> %169, float %166, i64 3
  %171 = fsub <4 x float> %170, %170
  %172 = fcmp oeq <4 x float> %171, zeroinitializer
  %173 = fpext <4 x float> %170 to <4 x double>
  %174 = select <4 x i1> %172, <4 x double> %173, <4 x double> zeroinitializer
  %175 = getelementptr i8, ptr %90, i64 20
  %176 = getelementptr i8, ptr %91, i64 52
  %177 = getelementptr i8, ptr %93, i64 84
  %178 = getelementptr i8, ptr %95, i64 116
  %179 = load float, ptr %175, align 4
  %180 = load float, ptr %176, align 4
  %181 = load float, ptr %177, align 4
  %182 = load float, ptr %178, align 4
  %183 = insertelement <4 x float> poison, float %179, i64 0
  %184 = insertelement <4 x float> %183, float %180, i64 1
  %185 = insertelement <4 x float> %184, float %181, i64 2
  %186 = insertelement <4 x float> %185, float %182, i64 3
  %187 = fsub <4 x float> %186, %186
  %188 = fcmp oeq <4 x float> %187, zeroinitializer
  %189 = fpext <4 x float> %186 to <4 x double>
  %190 = select <4 x i1> %188, <4 x double> %189, <4 x double> zeroinitializer
  %191 = getelementptr i8, ptr %90, i64 24
  %192 = getelementptr i8, ptr %91, i64 56
  %193 = getelementptr i8, ptr %93, i64 88
  %194 = getelementptr i8, ptr %95, i64 120
  %195 = load float, ptr %191, align 4
  %196 = load float, ptr %192, align 4
  %197 = load float, ptr %193, align 4
  %198 = load float, ptr %194, align 4
  %199 = insertelement <4 x float> poison, float %195, i64 0
  %200 = insertelement <4 x float> %199, float %196, i64 1
  %201 = insertelement <4 x float> %200, float %197, i64 2
  %202 = insertelement <4 x float> %201, float %198, i64 3
  %203 = fsub <4 x float> %202, %202
  %204 = fcmp oeq <4 x float> %203, zeroinitializer
  %205 = fpext <4 x float> %202 to <4 x double>
  %206 = select <4 x i1> %204, <4 x double> %205, <4 x double> zeroinitializer
  %207 = getelementptr i8, ptr %90, i64 28
  %208 = getelementptr i8, ptr %91, i64 60
  %209 = getelementptr i8, ptr %93, i64 92
  %210 = getelementptr i8, ptr %95, i64 124
  %211 = load float, ptr %207, align 4
  %212 = load float, ptr %208, align 4
  %213 = load float, ptr %209, align 4
  %214 = load float, ptr %210, align 4
  %215 = insertelement <4 x float> poison, float %211, i64 0
  %216 = insertelement <4 x float> %215, float %212, i64 1
  %217 = insertelement <4 x float> %216, float %213, i64 2
  %218 = insertelement <4 x float> %217, float %214, i64 3
  %219 = fsub <4 x float> %218, %218
  %220 = fcmp oeq <4 x float> %219, zeroinitializer
  %221 = fpext <4 x float> %218 to <4 x double>
  %222 = select <4 x i1> %220, <4 x double> %221, <4 x double> zeroinitializer
  %223 = shufflevector <4 x double> %108, <4 x double> %126, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %224 = shufflevector <4 x double> %142, <4 x double> %158, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %225 = shufflevector <4 x double> %174, <4 x double> %190, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %226 = shufflevector <4 x double> %206, <4 x double> %222, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %227 = shufflevector <8 x double> %223, <8 x double> %224, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %228 = shufflevector <8 x double> %225, <8 x double> %226, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  %interleaved.vec = shufflevector <16 x double> %227, <16 x double> %228, <32 x i32> <i32 0, i32 4, i32 8, i32 12, i32 16, i32 20, i32 24, i32 28, i32 1, i32 5, i32 9, i32 13, i32 17, i32 21, i32 25, i32 29, i32 2, i32 6, i32 10, i32 14, i32 18, i32 22, i32 26, i32 30, i32 3, i32 7, i32 11, i32 15, i32 19, i32 23, i32 27, i32 31>
  store <32 x double> %interleaved.vec, ptr %110, align 8
  %index.next38 = add i64 %index37, 4
  %229 = icmp eq i64 %index.next38, %n.vec35
  br i1 %229, label %middle.block39, label %vector.body36

middle.block39:                                   ; preds = %vector.body36
  %cmp.n40 = icmp eq i64 %47, %n.vec35
  br i1 %cmp.n40, label %B114, label %B34.if.preheader41

B34.if.preheader41:                               ; preds = %vector.scevcheck, %B34.if.preheader3, %middle.block39
  %.983840.ph42 = phi i64 [ %.983840.unr, %vector.scevcheck ], [ %.983840.unr, %B34.if.preheader3 ], [ %84, %middle.block39 ]
  br label %B34.if

B114:                                             ; preds = %B34.if, %middle.block39, %B34.if.prol.loopexit, %vec.epilog.middle.block, %middle.block, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B34.if:                                           ; preds = %B34.if.preheader41, %B34.if
  %.983840 = phi i64 [ %.105.7, %B34.if ], [ %.983840.ph42, %B34.if.preheader41 ]
  %sunkaddr86 = shl i64 %.983840, 2
  %sunkaddr87 = getelementptr i8, ptr %arg.block, i64 %sunkaddr86
  %sunkaddr88 = shl i64 %.983840, 3
  %sunkaddr89 = getelementptr i8, ptr %arg.x, i64 %sunkaddr88
  %230 = load <4 x float>, ptr %sunkaddr87, align 4
  %231 = fsub <4 x float> %230, %230
  %232 = fcmp oeq <4 x float> %231, zeroinitializer
  %233 = fpext <4 x float> %230 to <4 x double>
  %234 = select <4 x i1> %232, <4 x double> %233, <4 x double> zeroinitializer
  store <4 x double> %234, ptr %sunkaddr89, align 8
  %sunkaddr110 = getelementptr i8, ptr %sunkaddr87, i64 16
  %sunkaddr113 = getelementptr i8, ptr %sunkaddr89, i64 32
  %.105.7 = add nsw i64 %.983840, 8
  %235 = load <4 x float>, ptr %sunkaddr110, align 4
  %236 = fsub <4 x float> %235, %235
  %237 = fcmp oeq <4 x float> %236, zeroinitializer
  %238 = fpext <4 x float> %235 to <4 x double>
  %239 = select <4 x i1> %237, <4 x double> %238, <4 x double> zeroinitializer
  store <4 x double> %239, ptr %sunkaddr113, align 8
  %exitcond.not.7 = icmp eq i64 %arg.count, %.105.7
  br i1 %exitcond.not.7, label %B114, label %B34.if
}


