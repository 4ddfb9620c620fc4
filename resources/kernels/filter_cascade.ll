; 1ab2e6b3528809356b69da7c7406fc787f7d7925a95f5a60c71bc542f37b6c26

define i32 @filter_cascade(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.rows, ptr %arg.places, i64 %arg.sections, ptr %arg.state, i64 %arg.position, i64 %arg.frames) {
entry:
  %.29 = icmp sgt i64 %arg.frames, 0
  br i1 %.29, label %B20.preheader, label %common.ret

B20.preheader:                                    ; preds = %entry
  %scevgep = getelementptr i8, ptr %arg.x, i64 8
  %scevgep9 = getelementptr i8, ptr %arg.x, i64 24
  %0 = icmp sgt i64 %arg.sections, 1
  br label %B20

B20:                                              ; preds = %B4349, %B20.preheader
  %start.2.0 = phi i64 [ %.11.i, %B4349 ], [ 0, %B20.preheader ]
  %.35 = add i64 %start.2.0, 64
  %.38 = add i64 %start.2.0, %arg.position
  %.39 = and i64 %.38, 63
  %.40 = sub i64 %.35, %.39
  %.11.i = tail call i64 @llvm.smin.i64(i64 %.40, i64 %arg.frames)
  %.79 = icmp eq i64 %.39, 0
  %"$phi116.0.2.1" = select i1 %.79, double 1.000000e-25, double 0.000000e+00
  br i1 %0, label %B140.preheader, label %B3915

B140:                                             ; preds = %B140.preheader, %B3893
  %section.2.1 = phi i64 [ %.868, %B3893 ], [ 0, %B140.preheader ]
  %.112 = getelementptr i64, ptr %arg.places, i64 %section.2.1
  %.113 = load i64, ptr %.112, align 8
  %.117 = getelementptr i8, ptr %.112, i64 8
  %.118 = load i64, ptr %.117, align 8
  %.148.idx = mul i64 %section.2.1, 56
  %.148 = getelementptr i8, ptr %arg.rows, i64 %.148.idx
  %.149 = load double, ptr %.148, align 8
  %.154 = getelementptr i8, ptr %.148, i64 8
  %.155 = load double, ptr %.154, align 8
  %.160 = getelementptr i8, ptr %.148, i64 16
  %.161 = load double, ptr %.160, align 8
  %.166 = getelementptr i8, ptr %.148, i64 24
  %.167 = load double, ptr %.166, align 8
  %.172 = getelementptr i8, ptr %.148, i64 32
  %.173 = load double, ptr %.172, align 8
  %.178 = getelementptr i8, ptr %.148, i64 40
  %.179 = load double, ptr %.178, align 8
  %.184 = getelementptr i8, ptr %.148, i64 48
  %.185 = load double, ptr %.184, align 8
  %.190 = getelementptr i8, ptr %.148, i64 56
  %.214 = getelementptr i8, ptr %.148, i64 88
  %.215 = load double, ptr %.214, align 8
  %.220 = getelementptr i8, ptr %.148, i64 96
  %.221 = load double, ptr %.220, align 8
  %.226 = getelementptr i8, ptr %.148, i64 104
  %.227 = load double, ptr %.226, align 8
  %.233 = getelementptr double, ptr %arg.state, i64 %.113
  %.259 = getelementptr i8, ptr %.233, i64 8
  %.286 = getelementptr i8, ptr %.233, i64 16
  %.339 = getelementptr double, ptr %arg.state, i64 %.118
  %1 = load <4 x double>, ptr %.190, align 8
  %2 = load <2 x double>, ptr %.233, align 8
  %.260 = load double, ptr %.259, align 8
  %3 = insertelement <2 x double> %2, double %.260, i64 1
  %4 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %3)
  %5 = fcmp ogt <2 x double> %4, %95
  %6 = select <2 x i1> %5, <2 x double> %2, <2 x double> zeroinitializer
  %7 = load <2 x double>, ptr %.286, align 8
  %8 = tail call <2 x double> @llvm.fabs.v2f64(<2 x double> %7)
  %9 = fcmp ogt <2 x double> %8, %95
  %10 = select <2 x i1> %9, <2 x double> %7, <2 x double> zeroinitializer
  %11 = load <4 x double>, ptr %.339, align 8
  %12 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %11)
  %13 = fcmp ogt <4 x double> %12, %96
  %14 = select <4 x i1> %13, <4 x double> %11, <4 x double> zeroinitializer
  %15 = shufflevector <2 x double> %6, <2 x double> %10, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  br i1 %93, label %B3893, label %B3833.if.preheader

B3833.if.preheader:                               ; preds = %B140
  %16 = insertelement <2 x double> poison, double %.179, i64 0
  %17 = shufflevector <2 x double> %16, <2 x double> poison, <2 x i32> zeroinitializer
  %18 = insertelement <2 x double> poison, double %.185, i64 0
  %19 = shufflevector <2 x double> %18, <2 x double> poison, <2 x i32> zeroinitializer
  %20 = insertelement <2 x double> poison, double %.155, i64 0
  %21 = shufflevector <2 x double> %20, <2 x double> poison, <2 x i32> zeroinitializer
  %22 = insertelement <2 x double> poison, double %.161, i64 0
  %23 = shufflevector <2 x double> %22, <2 x double> poison, <2 x i32> zeroinitializer
  %24 = shufflevector <4 x double> %1, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 2, i32 2>
  %25 = shufflevector <4 x double> %1, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %26 = insertelement <2 x double> poison, double %.173, i64 0
  %27 = shufflevector <2 x double> %26, <2 x double> poison, <2 x i32> zeroinitializer
  %28 = insertelement <2 x double> poison, double %.149, i64 0
  %29 = shufflevector <2 x double> %28, <2 x double> poison, <2 x i32> zeroinitializer
  %30 = insertelement <2 x double> poison, double %.167, i64 0
  %31 = shufflevector <2 x double> %30, <2 x double> poison, <2 x i32> zeroinitializer
  %32 = insertelement <2 x double> poison, double %.221, i64 0
  %33 = shufflevector <2 x double> %32, <2 x double> poison, <2 x i32> zeroinitializer
  %34 = insertelement <2 x double> poison, double %.227, i64 0
  %35 = shufflevector <2 x double> %34, <2 x double> poison, <2 x i32> zeroinitializer
  %36 = insertelement <2 x double> poison, double %.215, i64 0
  %37 = shufflevector <2 x double> %36, <2 x double> poison, <2 x i32> zeroinitializer
  %38 = shufflevector <4 x double> %1, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 3, i32 3>
  br label %B3833.if

B3893.loopexit:                                   ; preds = %B3833.if
  %39 = shufflevector <2 x double> %116, <2 x double> %119, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  br label %B3893

B3893:                                            ; preds = %B3893.loopexit, %B140
  %40 = phi <4 x double> [ %14, %B140 ], [ %131, %B3893.loopexit ]
  %41 = phi <4 x double> [ %15, %B140 ], [ %39, %B3893.loopexit ]
  %sunkaddr = shl i64 %.113, 3
  %sunkaddr16 = getelementptr i8, ptr %arg.state, i64 %sunkaddr
  store <4 x double> %41, ptr %sunkaddr16, align 8
  %sunkaddr26 = shl i64 %.118, 3
  %sunkaddr27 = getelementptr i8, ptr %arg.state, i64 %sunkaddr26
  store <4 x double> %40, ptr %sunkaddr27, align 8
  %.868 = add nsw i64 %section.2.1, 2
  %.873 = add nsw i64 %section.2.1, 3
  %.875 = icmp slt i64 %.873, %arg.sections
  br i1 %.875, label %B140, label %B3915

B3915:                                            ; preds = %B3893, %B20
  %section.3.2 = phi i64 [ 0, %B20 ], [ %.868, %B3893 ]
  %.886 = icmp slt i64 %section.3.2, %arg.sections
  br i1 %.886, label %B3917, label %B4349

B3917:                                            ; preds = %B3915
  %.891 = getelementptr i64, ptr %arg.places, i64 %section.3.2
  %.892 = load i64, ptr %.891, align 8
  %.925.idx = mul i64 %section.3.2, 56
  %.925 = getelementptr i8, ptr %arg.rows, i64 %.925.idx
  %.931 = getelementptr i8, ptr %.925, i64 8
  %.937 = getelementptr i8, ptr %.925, i64 16
  %.943 = getelementptr i8, ptr %.925, i64 24
  %.949 = getelementptr i8, ptr %.925, i64 32
  %42 = load <2 x double>, ptr %.949, align 8
  %43 = shufflevector <2 x double> %42, <2 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %.961 = getelementptr i8, ptr %.925, i64 48
  %.962 = load double, ptr %.961, align 8
  %.968 = getelementptr double, ptr %arg.state, i64 %.892
  %44 = load <4 x double>, ptr %.925, align 8
  %.944 = load double, ptr %.943, align 8
  %.938 = load double, ptr %.937, align 8
  %.932 = load double, ptr %.931, align 8
  %45 = load <4 x double>, ptr %.968, align 8
  %46 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %45)
  %47 = insertelement <4 x double> poison, double %"$phi116.0.2.1", i64 0
  %48 = shufflevector <4 x double> %47, <4 x double> poison, <4 x i32> zeroinitializer
  %49 = fcmp ogt <4 x double> %46, %48
  %50 = select <4 x i1> %49, <4 x double> %45, <4 x double> zeroinitializer
  %.1134 = sub i64 %.11.i, %start.2.0
  %.1177188.not = icmp slt i64 %.1134, 1
  br i1 %.1177188.not, label %B4315, label %B4291.if.preheader

B4291.if.preheader:                               ; preds = %B3917
  %.neg = add i64 %start.2.0, 1
  %xtraiter = and i64 %.1134, 1
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B4291.if.prol.loopexit, label %B4291.if.prol

B4291.if.prol:                                    ; preds = %B4291.if.preheader
  %.1186.prol = add nsw i64 %.1134, -1
  %.1217.idx.prol = shl i64 %start.2.0, 4
  %.1217.prol = getelementptr i8, ptr %arg.x, i64 %.1217.idx.prol
  %51 = load <2 x double>, ptr %.1217.prol, align 8
  %52 = shufflevector <2 x double> %42, <2 x double> poison, <2 x i32> zeroinitializer
  %53 = fmul <2 x double> %52, %51
  %54 = shufflevector <2 x double> %42, <2 x double> poison, <2 x i32> <i32 1, i32 1>
  %55 = shufflevector <4 x double> %50, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %56 = fmul <2 x double> %54, %55
  %57 = fadd <2 x double> %56, %53
  %58 = insertelement <2 x double> poison, double %.962, i64 0
  %59 = shufflevector <2 x double> %58, <2 x double> poison, <2 x i32> zeroinitializer
  %60 = shufflevector <4 x double> %50, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  %61 = fmul <2 x double> %59, %60
  %62 = fadd <2 x double> %61, %57
  store <2 x double> %62, ptr %.1217.prol, align 8
  %63 = shufflevector <2 x double> %51, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %64 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %65 = shufflevector <4 x double> %50, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %66 = fmul <4 x double> %64, %65
  %67 = insertelement <4 x double> poison, double %.932, i64 0
  %68 = insertelement <4 x double> %67, double %.944, i64 1
  %69 = shufflevector <4 x double> %68, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %70 = fmul <4 x double> %69, %63
  %71 = shufflevector <4 x double> %44, <4 x double> poison, <2 x i32> <i32 0, i32 poison>
  %72 = insertelement <2 x double> %71, double %.938, i64 1
  %73 = shufflevector <2 x double> %72, <2 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %74 = fmul <4 x double> %73, %50
  %75 = fadd <4 x double> %74, %70
  %76 = fsub <4 x double> %75, %66
  %77 = fadd <4 x double> %75, %66
  %78 = shufflevector <4 x double> %76, <4 x double> %77, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  br label %B4291.if.prol.loopexit

B4291.if.prol.loopexit:                           ; preds = %B4291.if.prol, %B4291.if.preheader
  %.1176186190.unr = phi i64 [ %.1134, %B4291.if.preheader ], [ %.1186.prol, %B4291.if.prol ]
  %.1183187189.unr = phi i64 [ %start.2.0, %B4291.if.preheader ], [ %.neg, %B4291.if.prol ]
  %79 = phi <4 x double> [ poison, %B4291.if.preheader ], [ %78, %B4291.if.prol ]
  %80 = phi <4 x double> [ %50, %B4291.if.preheader ], [ %78, %B4291.if.prol ]
  %81 = icmp eq i64 %.11.i, %.neg
  br i1 %81, label %B4315, label %B4291.if.preheader2

B4291.if.preheader2:                              ; preds = %B4291.if.prol.loopexit
  %82 = add i64 %.1176186190.unr, 2
  %83 = shl i64 %.1183187189.unr, 4
  %scevgep10 = getelementptr i8, ptr %scevgep9, i64 %83
  %84 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 2, i32 2>
  %85 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 3, i32 3>
  %86 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %87 = insertelement <4 x double> poison, double %.962, i64 0
  %88 = shufflevector <4 x double> %87, <4 x double> poison, <4 x i32> zeroinitializer
  %89 = shufflevector <2 x double> %42, <2 x double> poison, <4 x i32> <i32 1, i32 1, i32 0, i32 0>
  br label %B4291.if

B4315:                                            ; preds = %B4291.if, %B4291.if.prol.loopexit, %B3917
  %90 = phi <4 x double> [ %50, %B3917 ], [ %79, %B4291.if.prol.loopexit ], [ %160, %B4291.if ]
  %sunkaddr37 = shl i64 %.892, 3
  %sunkaddr38 = getelementptr i8, ptr %arg.state, i64 %sunkaddr37
  store <4 x double> %90, ptr %sunkaddr38, align 8
  br label %B4349

B4349:                                            ; preds = %B4315, %B3915
  %.1368 = icmp slt i64 %.40, %arg.frames
  br i1 %.1368, label %B20, label %common.ret

common.ret:                                       ; preds = %B4349, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B140.preheader:                                   ; preds = %B20
  %.529 = sub i64 %.11.i, %start.2.0
  %91 = add i64 %.529, 1
  %92 = shl i64 %start.2.0, 4
  %scevgep3 = getelementptr i8, ptr %scevgep, i64 %92
  %93 = icmp slt i64 %.529, 1
  %94 = insertelement <2 x double> poison, double %"$phi116.0.2.1", i64 0
  %95 = shufflevector <2 x double> %94, <2 x double> poison, <2 x i32> zeroinitializer
  %96 = shufflevector <2 x double> %94, <2 x double> poison, <4 x i32> zeroinitializer
  br label %B140

B3833.if:                                         ; preds = %B3833.if.preheader, %B3833.if
  %lsr.iv4 = phi ptr [ %scevgep5, %B3833.if ], [ %scevgep3, %B3833.if.preheader ]
  %lsr.iv = phi i64 [ %lsr.iv.next, %B3833.if ], [ %91, %B3833.if.preheader ]
  %97 = phi <4 x double> [ %131, %B3833.if ], [ %14, %B3833.if.preheader ]
  %98 = phi <2 x double> [ %119, %B3833.if ], [ %10, %B3833.if.preheader ]
  %99 = phi <2 x double> [ %116, %B3833.if ], [ %6, %B3833.if.preheader ]
  %scevgep6 = getelementptr i8, ptr %lsr.iv4, i64 -8
  %100 = fmul <2 x double> %17, %99
  %101 = fmul <2 x double> %19, %98
  %102 = fmul <2 x double> %21, %98
  %103 = fmul <2 x double> %23, %98
  %104 = fmul <2 x double> %21, %99
  %105 = fmul <4 x double> %24, %97
  %106 = shufflevector <4 x double> %97, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %107 = fmul <4 x double> %25, %106
  %108 = load <2 x double>, ptr %scevgep6, align 8
  %109 = fmul <2 x double> %27, %108
  %110 = fadd <2 x double> %100, %109
  %111 = fadd <2 x double> %101, %110
  %112 = shufflevector <2 x double> %111, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %113 = fmul <2 x double> %29, %99
  %114 = fmul <2 x double> %21, %108
  %115 = fadd <2 x double> %113, %114
  %116 = fsub <2 x double> %115, %102
  %117 = fmul <2 x double> %31, %108
  %118 = fadd <2 x double> %103, %117
  %119 = fadd <2 x double> %104, %118
  %120 = shufflevector <4 x double> %97, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %121 = fmul <2 x double> %33, %120
  %122 = shufflevector <4 x double> %97, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  %123 = fmul <2 x double> %35, %122
  %124 = fmul <2 x double> %37, %111
  %125 = fadd <2 x double> %121, %124
  %126 = fadd <2 x double> %123, %125
  store <2 x double> %126, ptr %scevgep6, align 8
  %127 = fmul <4 x double> %38, %112
  %128 = fadd <4 x double> %105, %127
  %129 = fsub <4 x double> %128, %107
  %130 = fadd <4 x double> %128, %107
  %131 = shufflevector <4 x double> %129, <4 x double> %130, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %lsr.iv.next = add i64 %lsr.iv, -1
  %scevgep5 = getelementptr i8, ptr %lsr.iv4, i64 16
  %.572 = icmp ugt i64 %lsr.iv.next, 1
  br i1 %.572, label %B3833.if, label %B3893.loopexit

B4291.if:                                         ; preds = %B4291.if, %B4291.if.preheader2
  %lsr.iv11 = phi ptr [ %scevgep10, %B4291.if.preheader2 ], [ %scevgep12, %B4291.if ]
  %lsr.iv7 = phi i64 [ %82, %B4291.if.preheader2 ], [ %lsr.iv.next8, %B4291.if ]
  %132 = phi <4 x double> [ %80, %B4291.if.preheader2 ], [ %160, %B4291.if ]
  %scevgep14 = getelementptr i8, ptr %lsr.iv11, i64 -24
  %133 = fmul <4 x double> %84, %132
  %134 = fmul <4 x double> %86, %132
  %135 = shufflevector <4 x double> %134, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %scevgep13 = getelementptr i8, ptr %lsr.iv11, i64 -8
  %136 = load <2 x double>, ptr %scevgep14, align 8
  %137 = shufflevector <2 x double> %136, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %138 = fmul <4 x double> %85, %137
  %139 = fadd <4 x double> %133, %138
  %140 = fsub <4 x double> %139, %135
  %141 = fadd <4 x double> %139, %135
  %142 = shufflevector <4 x double> %140, <4 x double> %141, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %143 = load <2 x double>, ptr %scevgep13, align 8
  %144 = shufflevector <2 x double> %143, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %145 = shufflevector <4 x double> %132, <4 x double> %144, <4 x i32> <i32 0, i32 1, i32 4, i32 5>
  %146 = fmul <4 x double> %89, %145
  %147 = shufflevector <4 x double> %137, <4 x double> %142, <4 x i32> <i32 0, i32 1, i32 4, i32 5>
  %148 = fmul <4 x double> %43, %147
  %149 = fadd <4 x double> %148, %146
  %150 = shufflevector <4 x double> %132, <4 x double> %141, <4 x i32> <i32 2, i32 3, i32 6, i32 7>
  %151 = fmul <4 x double> %88, %150
  %152 = fadd <4 x double> %151, %149
  store <4 x double> %152, ptr %scevgep14, align 8
  %153 = fmul <4 x double> %85, %144
  %154 = fmul <4 x double> %84, %142
  %155 = fadd <4 x double> %154, %153
  %156 = shufflevector <4 x double> %142, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %157 = fmul <4 x double> %86, %156
  %158 = fsub <4 x double> %155, %157
  %159 = fadd <4 x double> %155, %157
  %160 = shufflevector <4 x double> %158, <4 x double> %159, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %lsr.iv.next8 = add i64 %lsr.iv7, -2
  %scevgep12 = getelementptr i8, ptr %lsr.iv11, i64 32
  %.1177.1 = icmp ugt i64 %lsr.iv.next8, 2
  br i1 %.1177.1, label %B4291.if, label %B4315
}

declare i64 @llvm.smin.i64(i64, i64)

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

declare <2 x double> @llvm.fabs.v2f64(<2 x double>)

