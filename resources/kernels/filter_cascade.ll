; 7072894fc55ef5cb74478ce3c2a9a707bafe5cb2d357c9b1b220113721070157

define i32 @filter_cascade(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.rows, ptr %arg.places, i64 %arg.sections, ptr %arg.state, i64 %arg.position, i64 %arg.frames) {
entry:
  %.29 = icmp sgt i64 %arg.frames, 0
  br i1 %.29, label %B22.preheader, label %common.ret

B22.preheader:                                    ; preds = %entry
  %scevgep = getelementptr i8, ptr %arg.x, i64 24
  %0 = icmp slt i64 %arg.sections, 1
  br i1 %0, label %B22.us, label %B22.preheader10

B22.preheader10:                                  ; preds = %B22.preheader
  %xtraiter = and i64 %arg.sections, 3
  %1 = icmp ult i64 %arg.sections, 4
  %unroll_iter = and i64 %arg.sections, 9223372036854775804
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  %lcmp.mod12 = icmp ne i64 %xtraiter, 0
  br label %B22

B22.us:                                           ; preds = %B22.preheader, %B22.us
  %start.2.0.us = phi i64 [ %.11.i.us, %B22.us ], [ 0, %B22.preheader ]
  %.35.us = add i64 %start.2.0.us, 64
  %.38.us = add i64 %start.2.0.us, %arg.position
  %.39.us = and i64 %.38.us, 63
  %.40.us = sub i64 %.35.us, %.39.us
  %.11.i.us = tail call i64 @llvm.smin.i64(i64 %.40.us, i64 %arg.frames)
  %.662.us = icmp slt i64 %.40.us, %arg.frames
  br i1 %.662.us, label %B22.us, label %common.ret

B22:                                              ; preds = %B22.preheader10, %B1038.loopexit
  %start.2.0 = phi i64 [ %.11.i, %B1038.loopexit ], [ 0, %B22.preheader10 ]
  %.35 = add i64 %start.2.0, 64
  %.38 = add i64 %start.2.0, %arg.position
  %.39 = and i64 %.38, 63
  %.40 = sub i64 %.35, %.39
  %.11.i = tail call i64 @llvm.smin.i64(i64 %.40, i64 %arg.frames)
  %.253 = icmp eq i64 %.39, 0
  %. = select i1 %.253, double 1.000000e-25, double 0.000000e+00
  %.432 = sub i64 %.11.i, %start.2.0
  %..432 = tail call i64 @llvm.smax.i64(i64 %.432, i64 0)
  %.484.prol = add nsw i64 %..432, -1
  %.488.prol = add i64 %start.2.0, 1
  %.515.idx.prol = shl i64 %start.2.0, 4
  %2 = icmp slt i64 %.432, 1
  %3 = and i64 %..432, 1
  %4 = icmp eq i64 %3, 0
  %sunkaddr19 = getelementptr i8, ptr %arg.x, i64 %.515.idx.prol
  %5 = icmp eq i64 %.432, 1
  br i1 %2, label %B110.if.us.preheader, label %B110.if.preheader

B110.if.preheader:                                ; preds = %B22
  %6 = insertelement <4 x double> poison, double %., i64 0
  %7 = shufflevector <4 x double> %6, <4 x double> poison, <4 x i32> zeroinitializer
  br label %B110.if

B110.if.us.preheader:                             ; preds = %B22
  br i1 %1, label %B110.if.us.epil.preheader, label %B110.if.us.preheader.new

B110.if.us.preheader.new:                         ; preds = %B110.if.us.preheader
  %8 = insertelement <4 x double> poison, double %., i64 0
  %9 = shufflevector <4 x double> %8, <4 x double> poison, <4 x i32> zeroinitializer
  %10 = insertelement <4 x double> poison, double %., i64 0
  %11 = shufflevector <4 x double> %10, <4 x double> poison, <4 x i32> zeroinitializer
  %12 = insertelement <4 x double> poison, double %., i64 0
  %13 = shufflevector <4 x double> %12, <4 x double> poison, <4 x i32> zeroinitializer
  %14 = insertelement <4 x double> poison, double %., i64 0
  %15 = shufflevector <4 x double> %14, <4 x double> poison, <4 x i32> zeroinitializer
  br label %B110.if.us

B976:                                             ; preds = %B678.if, %B678.if.prol.loopexit
  %16 = phi <4 x double> [ %77, %B678.if.prol.loopexit ], [ %115, %B678.if ]
  %sunkaddr = shl i64 %.245, 3
  %sunkaddr9 = getelementptr i8, ptr %arg.state, i64 %sunkaddr
  store <4 x double> %16, ptr %sunkaddr9, align 8
  %exitcond.not = icmp eq i64 %arg.sections, %.169
  br i1 %exitcond.not, label %B1038.loopexit, label %B110.if

B1038.loopexit.loopexit.unr-lcssa:                ; preds = %B110.if.us
  br i1 %lcmp.mod.not, label %B1038.loopexit, label %B110.if.us.epil.preheader

B110.if.us.epil.preheader:                        ; preds = %B1038.loopexit.loopexit.unr-lcssa, %B110.if.us.preheader
  %.162118124.us.epil.init = phi i64 [ 0, %B110.if.us.preheader ], [ %.169.us.3, %B1038.loopexit.loopexit.unr-lcssa ]
  tail call void @llvm.assume(i1 %lcmp.mod12)
  %17 = insertelement <4 x double> poison, double %., i64 0
  %18 = shufflevector <4 x double> %17, <4 x double> poison, <4 x i32> zeroinitializer
  br label %B110.if.us.epil

B110.if.us.epil:                                  ; preds = %B110.if.us.epil, %B110.if.us.epil.preheader
  %.162118124.us.epil = phi i64 [ %.169.us.epil, %B110.if.us.epil ], [ %.162118124.us.epil.init, %B110.if.us.epil.preheader ]
  %epil.iter = phi i64 [ %epil.iter.next, %B110.if.us.epil ], [ 0, %B110.if.us.epil.preheader ]
  %.169.us.epil = add nsw i64 %.162118124.us.epil, 1
  %.244.us.epil = getelementptr i64, ptr %arg.places, i64 %.162118124.us.epil
  %.245.us.epil = load i64, ptr %.244.us.epil, align 8
  %.270.us.epil = getelementptr double, ptr %arg.state, i64 %.245.us.epil
  %sunkaddr.us.epil = shl i64 %.245.us.epil, 3
  %sunkaddr9.us.epil = getelementptr i8, ptr %arg.state, i64 %sunkaddr.us.epil
  %19 = load <4 x double>, ptr %.270.us.epil, align 8
  %20 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %19)
  %21 = fcmp ogt <4 x double> %20, %18
  %22 = select <4 x i1> %21, <4 x double> %19, <4 x double> zeroinitializer
  store <4 x double> %22, ptr %sunkaddr9.us.epil, align 8
  %epil.iter.next = add i64 %epil.iter, 1
  %epil.iter.cmp.not = icmp eq i64 %epil.iter.next, %xtraiter
  br i1 %epil.iter.cmp.not, label %B1038.loopexit, label %B110.if.us.epil

B1038.loopexit:                                   ; preds = %B976, %B1038.loopexit.loopexit.unr-lcssa, %B110.if.us.epil
  %.662 = icmp slt i64 %.40, %arg.frames
  br i1 %.662, label %B22, label %common.ret

common.ret:                                       ; preds = %B1038.loopexit, %B22.us, %entry
  store ptr null, ptr %retptr, align 8
  ret i32 0

B110.if.us:                                       ; preds = %B110.if.us, %B110.if.us.preheader.new
  %.162118124.us = phi i64 [ 0, %B110.if.us.preheader.new ], [ %.169.us.3, %B110.if.us ]
  %niter = phi i64 [ 0, %B110.if.us.preheader.new ], [ %niter.next.3, %B110.if.us ]
  %.244.us = getelementptr i64, ptr %arg.places, i64 %.162118124.us
  %.245.us = load i64, ptr %.244.us, align 8
  %.270.us = getelementptr double, ptr %arg.state, i64 %.245.us
  %sunkaddr.us = shl i64 %.245.us, 3
  %sunkaddr9.us = getelementptr i8, ptr %arg.state, i64 %sunkaddr.us
  %23 = load <4 x double>, ptr %.270.us, align 8
  %24 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %23)
  %25 = fcmp ogt <4 x double> %24, %9
  %26 = select <4 x i1> %25, <4 x double> %23, <4 x double> zeroinitializer
  store <4 x double> %26, ptr %sunkaddr9.us, align 8
  %27 = getelementptr i64, ptr %arg.places, i64 %.162118124.us
  %.244.us.1 = getelementptr i8, ptr %27, i64 8
  %.245.us.1 = load i64, ptr %.244.us.1, align 8
  %.270.us.1 = getelementptr double, ptr %arg.state, i64 %.245.us.1
  %sunkaddr.us.1 = shl i64 %.245.us.1, 3
  %sunkaddr9.us.1 = getelementptr i8, ptr %arg.state, i64 %sunkaddr.us.1
  %28 = load <4 x double>, ptr %.270.us.1, align 8
  %29 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %28)
  %30 = fcmp ogt <4 x double> %29, %11
  %31 = select <4 x i1> %30, <4 x double> %28, <4 x double> zeroinitializer
  store <4 x double> %31, ptr %sunkaddr9.us.1, align 8
  %32 = getelementptr i64, ptr %arg.places, i64 %.162118124.us
  %.244.us.2 = getelementptr i8, ptr %32, i64 16
  %.245.us.2 = load i64, ptr %.244.us.2, align 8
  %.270.us.2 = getelementptr double, ptr %arg.state, i64 %.245.us.2
  %sunkaddr.us.2 = shl i64 %.245.us.2, 3
  %sunkaddr9.us.2 = getelementptr i8, ptr %arg.state, i64 %sunkaddr.us.2
  %33 = load <4 x double>, ptr %.270.us.2, align 8
  %34 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %33)
  %35 = fcmp ogt <4 x double> %34, %13
  %36 = select <4 x i1> %35, <4 x double> %33, <4 x double> zeroinitializer
  store <4 x double> %36, ptr %sunkaddr9.us.2, align 8
  %.169.us.3 = add nsw i64 %.162118124.us, 4
  %37 = getelementptr i64, ptr %arg.places, i64 %.162118124.us
  %.244.us.3 = getelementptr i8, ptr %37, i64 24
  %.245.us.3 = load i64, ptr %.244.us.3, align 8
  %.270.us.3 = getelementptr double, ptr %arg.state, i64 %.245.us.3
  %sunkaddr.us.3 = shl i64 %.245.us.3, 3
  %sunkaddr9.us.3 = getelementptr i8, ptr %arg.state, i64 %sunkaddr.us.3
  %38 = load <4 x double>, ptr %.270.us.3, align 8
  %39 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %38)
  %40 = fcmp ogt <4 x double> %39, %15
  %41 = select <4 x i1> %40, <4 x double> %38, <4 x double> zeroinitializer
  store <4 x double> %41, ptr %sunkaddr9.us.3, align 8
  %niter.next.3 = add i64 %niter, 4
  %niter.ncmp.3 = icmp eq i64 %niter.next.3, %unroll_iter
  br i1 %niter.ncmp.3, label %B1038.loopexit.loopexit.unr-lcssa, label %B110.if.us

B110.if:                                          ; preds = %B110.if.preheader, %B976
  %.162118124 = phi i64 [ %.169, %B976 ], [ 0, %B110.if.preheader ]
  %.169 = add nsw i64 %.162118124, 1
  %.196.idx = mul i64 %.162118124, 56
  %.196 = getelementptr i8, ptr %arg.rows, i64 %.196.idx
  %.224 = getelementptr i8, ptr %.196, i64 32
  %42 = load <2 x double>, ptr %.224, align 8
  %43 = shufflevector <2 x double> %42, <2 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %.238 = getelementptr i8, ptr %.196, i64 48
  %.239 = load double, ptr %.238, align 8
  %.244 = getelementptr i64, ptr %arg.places, i64 %.162118124
  %.245 = load i64, ptr %.244, align 8
  %.270 = getelementptr double, ptr %arg.state, i64 %.245
  %44 = load <4 x double>, ptr %.196, align 8
  %45 = load <4 x double>, ptr %.270, align 8
  %46 = tail call <4 x double> @llvm.fabs.v4f64(<4 x double> %45)
  %47 = fcmp ogt <4 x double> %46, %7
  %48 = select <4 x i1> %47, <4 x double> %45, <4 x double> zeroinitializer
  br i1 %4, label %B678.if.prol.loopexit, label %B678.if.prol

B678.if.prol:                                     ; preds = %B110.if
  %.203 = getelementptr i8, ptr %.196, i64 8
  %.204 = load double, ptr %.203, align 8
  %.210 = getelementptr i8, ptr %.196, i64 16
  %.211 = load double, ptr %.210, align 8
  %.217 = getelementptr i8, ptr %.196, i64 24
  %.218 = load double, ptr %.217, align 8
  %49 = load <2 x double>, ptr %sunkaddr19, align 8
  %50 = shufflevector <2 x double> %42, <2 x double> poison, <2 x i32> zeroinitializer
  %51 = fmul <2 x double> %50, %49
  %52 = shufflevector <2 x double> %42, <2 x double> poison, <2 x i32> <i32 1, i32 1>
  %53 = shufflevector <4 x double> %48, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %54 = fmul <2 x double> %52, %53
  %55 = fadd <2 x double> %54, %51
  %56 = insertelement <2 x double> poison, double %.239, i64 0
  %57 = shufflevector <2 x double> %56, <2 x double> poison, <2 x i32> zeroinitializer
  %58 = shufflevector <4 x double> %48, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  %59 = fmul <2 x double> %57, %58
  %60 = fadd <2 x double> %59, %55
  store <2 x double> %60, ptr %sunkaddr19, align 8
  %61 = shufflevector <2 x double> %49, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %62 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %63 = shufflevector <4 x double> %48, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %64 = fmul <4 x double> %62, %63
  %65 = insertelement <4 x double> poison, double %.204, i64 0
  %66 = insertelement <4 x double> %65, double %.218, i64 1
  %67 = shufflevector <4 x double> %66, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %68 = fmul <4 x double> %67, %61
  %69 = shufflevector <4 x double> %44, <4 x double> poison, <2 x i32> <i32 0, i32 poison>
  %70 = insertelement <2 x double> %69, double %.211, i64 1
  %71 = shufflevector <2 x double> %70, <2 x double> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  %72 = fmul <4 x double> %71, %48
  %73 = fadd <4 x double> %72, %68
  %74 = fsub <4 x double> %73, %64
  %75 = fadd <4 x double> %73, %64
  %76 = shufflevector <4 x double> %74, <4 x double> %75, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  br label %B678.if.prol.loopexit

B678.if.prol.loopexit:                            ; preds = %B678.if.prol, %B110.if
  %.474103107.unr = phi i64 [ %..432, %B110.if ], [ %.484.prol, %B678.if.prol ]
  %.481104106.unr = phi i64 [ %start.2.0, %B110.if ], [ %.488.prol, %B678.if.prol ]
  %77 = phi <4 x double> [ poison, %B110.if ], [ %76, %B678.if.prol ]
  %78 = phi <4 x double> [ %48, %B110.if ], [ %76, %B678.if.prol ]
  br i1 %5, label %B976, label %B678.if.preheader2

B678.if.preheader2:                               ; preds = %B678.if.prol.loopexit
  %79 = add i64 %.474103107.unr, 2
  %80 = shl i64 %.481104106.unr, 4
  %scevgep3 = getelementptr i8, ptr %scevgep, i64 %80
  %81 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 0, i32 0, i32 2, i32 2>
  %82 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 3, i32 3>
  %83 = shufflevector <4 x double> %44, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 1, i32 1>
  %84 = insertelement <4 x double> poison, double %.239, i64 0
  %85 = shufflevector <4 x double> %84, <4 x double> poison, <4 x i32> zeroinitializer
  %86 = shufflevector <2 x double> %42, <2 x double> poison, <4 x i32> <i32 1, i32 1, i32 0, i32 0>
  br label %B678.if

B678.if:                                          ; preds = %B678.if, %B678.if.preheader2
  %lsr.iv4 = phi ptr [ %scevgep3, %B678.if.preheader2 ], [ %scevgep5, %B678.if ]
  %lsr.iv = phi i64 [ %79, %B678.if.preheader2 ], [ %lsr.iv.next, %B678.if ]
  %87 = phi <4 x double> [ %78, %B678.if.preheader2 ], [ %115, %B678.if ]
  %scevgep7 = getelementptr i8, ptr %lsr.iv4, i64 -24
  %88 = fmul <4 x double> %81, %87
  %89 = fmul <4 x double> %83, %87
  %90 = shufflevector <4 x double> %89, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %scevgep6 = getelementptr i8, ptr %lsr.iv4, i64 -8
  %91 = load <2 x double>, ptr %scevgep7, align 8
  %92 = shufflevector <2 x double> %91, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %93 = fmul <4 x double> %82, %92
  %94 = fadd <4 x double> %88, %93
  %95 = fsub <4 x double> %94, %90
  %96 = fadd <4 x double> %94, %90
  %97 = shufflevector <4 x double> %95, <4 x double> %96, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %98 = load <2 x double>, ptr %scevgep6, align 8
  %99 = shufflevector <2 x double> %98, <2 x double> poison, <4 x i32> <i32 0, i32 1, i32 0, i32 1>
  %100 = shufflevector <4 x double> %87, <4 x double> %99, <4 x i32> <i32 0, i32 1, i32 4, i32 5>
  %101 = fmul <4 x double> %86, %100
  %102 = shufflevector <4 x double> %92, <4 x double> %97, <4 x i32> <i32 0, i32 1, i32 4, i32 5>
  %103 = fmul <4 x double> %43, %102
  %104 = fadd <4 x double> %103, %101
  %105 = shufflevector <4 x double> %87, <4 x double> %96, <4 x i32> <i32 2, i32 3, i32 6, i32 7>
  %106 = fmul <4 x double> %85, %105
  %107 = fadd <4 x double> %106, %104
  store <4 x double> %107, ptr %scevgep7, align 8
  %108 = fmul <4 x double> %82, %99
  %109 = fmul <4 x double> %81, %97
  %110 = fadd <4 x double> %109, %108
  %111 = shufflevector <4 x double> %97, <4 x double> poison, <4 x i32> <i32 2, i32 3, i32 0, i32 1>
  %112 = fmul <4 x double> %83, %111
  %113 = fsub <4 x double> %110, %112
  %114 = fadd <4 x double> %110, %112
  %115 = shufflevector <4 x double> %113, <4 x double> %114, <4 x i32> <i32 0, i32 1, i32 6, i32 7>
  %lsr.iv.next = add i64 %lsr.iv, -2
  %scevgep5 = getelementptr i8, ptr %lsr.iv4, i64 32
  %.475.1 = icmp sgt i64 %lsr.iv.next, 2
  br i1 %.475.1, label %B678.if, label %B976
}

declare i64 @llvm.smax.i64(i64, i64)

declare i64 @llvm.smin.i64(i64, i64)

declare <4 x double> @llvm.fabs.v4f64(<4 x double>)

declare void @llvm.assume(i1)


