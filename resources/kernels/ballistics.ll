; 1d1e210b916cf337f9a6d021815b69074d1e2a91e9b0156e6d183835c1efc6ab

define i32 @ballistics(ptr %retptr, ptr %excinfo, ptr %arg.x, ptr %arg.attack, i64 %arg.attack_stride, ptr %arg.release, i64 %arg.release_stride, ptr %arg.state, i64 %arg.frames) {
entry:
  %.25 = load double, ptr %arg.state, align 8
  %.11043.not = icmp slt i64 %arg.frames, 1
  br i1 %.11043.not, label %B180, label %B50.if.preheader

B50.if.preheader:                                 ; preds = %entry
  %xtraiter = and i64 %arg.frames, 3
  %0 = icmp ult i64 %arg.frames, 4
  br i1 %0, label %B50.if.preheader.B50.if.epil.preheader_crit_edge, label %B50.if.preheader.new

B50.if.preheader.B50.if.epil.preheader_crit_edge: ; preds = %B50.if.preheader
  %.pre = shl i64 %arg.release_stride, 3
  %.pre1 = shl i64 %arg.attack_stride, 3
  br label %B50.if.epil.preheader

B50.if.preheader.new:                             ; preds = %B50.if.preheader
  %unroll_iter = and i64 %arg.frames, 9223372036854775804
  %1 = mul i64 %arg.attack_stride, 24
  %2 = shl i64 %arg.attack_stride, 5
  %3 = mul i64 %arg.release_stride, 24
  %4 = shl i64 %arg.release_stride, 5
  %5 = shl i64 %arg.attack_stride, 4
  %6 = shl i64 %arg.release_stride, 4
  %7 = shl i64 %arg.attack_stride, 3
  %8 = shl i64 %arg.release_stride, 3
  br label %B50.if

B180.loopexit.unr-lcssa:                          ; preds = %B50.if
  %lcmp.mod.not = icmp eq i64 %xtraiter, 0
  br i1 %lcmp.mod.not, label %B180, label %B50.if.epil.preheader

B50.if.epil.preheader:                            ; preds = %B50.if.preheader.B50.if.epil.preheader_crit_edge, %B180.loopexit.unr-lcssa
  %.pre-phi2 = phi i64 [ %.pre1, %B50.if.preheader.B50.if.epil.preheader_crit_edge ], [ %7, %B180.loopexit.unr-lcssa ]
  %.pre-phi = phi i64 [ %.pre, %B50.if.preheader.B50.if.epil.preheader_crit_edge ], [ %8, %B180.loopexit.unr-lcssa ]
  %value.3.046.epil.init = phi double [ %.25, %B50.if.preheader.B50.if.epil.preheader_crit_edge ], [ %.191..3, %B180.loopexit.unr-lcssa ]
  %.1164244.epil.init = phi i64 [ 0, %B50.if.preheader.B50.if.epil.preheader_crit_edge ], [ %unroll_iter, %B180.loopexit.unr-lcssa ]
  %9 = mul i64 %.pre-phi, %.1164244.epil.init
  %scevgep = getelementptr i8, ptr %arg.release, i64 %9
  %10 = mul i64 %.pre-phi2, %.1164244.epil.init
  %scevgep4 = getelementptr i8, ptr %arg.attack, i64 %10
  %11 = shl i64 %.1164244.epil.init, 3
  %scevgep7 = getelementptr i8, ptr %arg.x, i64 %11
  %xtraiter4 = and i64 %arg.frames, 1
  %12 = icmp eq i64 %xtraiter, 1
  br i1 %12, label %B50.if.epil.epil.preheader, label %B50.if.epil.preheader.new

B50.if.epil.preheader.new:                        ; preds = %B50.if.epil.preheader
  %unroll_iter8 = and i64 %arg.frames, 2
  br label %B50.if.epil

B50.if.epil:                                      ; preds = %B50.if.epil, %B50.if.epil.preheader.new
  %lsr.iv5 = phi ptr [ %scevgep4, %B50.if.epil.preheader.new ], [ %scevgep6.1, %B50.if.epil ]
  %lsr.iv = phi ptr [ %scevgep, %B50.if.epil.preheader.new ], [ %scevgep3.1, %B50.if.epil ]
  %value.3.046.epil = phi double [ %value.3.046.epil.init, %B50.if.epil.preheader.new ], [ %.191..epil.1, %B50.if.epil ]
  %epil.iter = phi i64 [ 0, %B50.if.epil.preheader.new ], [ %epil.iter.next.1, %B50.if.epil ]
  %niter = phi i64 [ 0, %B50.if.epil.preheader.new ], [ %niter.next.1, %B50.if.epil ]
  %13 = shl nsw i64 %epil.iter, 3
  %scevgep8 = getelementptr i8, ptr %scevgep7, i64 %13
  %.154.epil = load double, ptr %scevgep8, align 8
  %.160.epil = fcmp ogt double %.154.epil, %value.3.046.epil
  %"$phi124.1.2.1.in.epil" = select i1 %.160.epil, ptr %lsr.iv5, ptr %lsr.iv
  %"$phi124.1.2.1.epil" = load double, ptr %"$phi124.1.2.1.in.epil", align 8
  %.186.epil = fsub double %value.3.046.epil, %.154.epil
  %.189.epil = fmul double %"$phi124.1.2.1.epil", %.186.epil
  %.191.epil = fadd double %.154.epil, %.189.epil
  %.198.epil = fcmp ogt double %.191.epil, 0x3D719799812DEA11
  %.191..epil = select i1 %.198.epil, double %.191.epil, double 0.000000e+00
  store double %.191..epil, ptr %scevgep8, align 8
  %scevgep3 = getelementptr i8, ptr %lsr.iv, i64 %.pre-phi
  %scevgep6 = getelementptr i8, ptr %lsr.iv5, i64 %.pre-phi2
  %epil.iter.next = shl i64 %epil.iter, 3
  %14 = getelementptr i8, ptr %scevgep7, i64 %epil.iter.next
  %scevgep8.1 = getelementptr i8, ptr %14, i64 8
  %.154.epil.1 = load double, ptr %scevgep8.1, align 8
  %.160.epil.1 = fcmp ogt double %.154.epil.1, %.191..epil
  %"$phi124.1.2.1.in.epil.1" = select i1 %.160.epil.1, ptr %scevgep6, ptr %scevgep3
  %"$phi124.1.2.1.epil.1" = load double, ptr %"$phi124.1.2.1.in.epil.1", align 8
  %.186.epil.1 = fsub double %.191..epil, %.154.epil.1
  %.189.epil.1 = fmul double %"$phi124.1.2.1.epil.1", %.186.epil.1
  %.191.epil.1 = fadd double %.154.epil.1, %.189.epil.1
  %.198.epil.1 = fcmp ogt double %.191.epil.1, 0x3D719799812DEA11
  %.191..epil.1 = select i1 %.198.epil.1, double %.191.epil.1, double 0.000000e+00
  store double %.191..epil.1, ptr %scevgep8.1, align 8
  %epil.iter.next.1 = add i64 %epil.iter, 2
  %scevgep3.1 = getelementptr i8, ptr %scevgep3, i64 %.pre-phi
  %scevgep6.1 = getelementptr i8, ptr %scevgep6, i64 %.pre-phi2
  %niter.next.1 = add i64 %niter, 2
  %niter.ncmp.1 = icmp eq i64 %niter.next.1, %unroll_iter8
  br i1 %niter.ncmp.1, label %B180.loopexit.unr-lcssa3, label %B50.if.epil

B180.loopexit.unr-lcssa3:                         ; preds = %B50.if.epil
  %lcmp.mod.not9 = icmp eq i64 %xtraiter4, 0
  br i1 %lcmp.mod.not9, label %B180, label %B50.if.epil.epil.preheader

B50.if.epil.epil.preheader:                       ; preds = %B180.loopexit.unr-lcssa3, %B50.if.epil.preheader
  %lsr.iv5.epil.init = phi ptr [ %scevgep4, %B50.if.epil.preheader ], [ %scevgep6.1, %B180.loopexit.unr-lcssa3 ]
  %lsr.iv.epil.init = phi ptr [ %scevgep, %B50.if.epil.preheader ], [ %scevgep3.1, %B180.loopexit.unr-lcssa3 ]
  %value.3.046.epil.epil.init = phi double [ %value.3.046.epil.init, %B50.if.epil.preheader ], [ %.191..epil.1, %B180.loopexit.unr-lcssa3 ]
  %epil.iter.epil.init = phi i64 [ 0, %B50.if.epil.preheader ], [ %epil.iter.next.1, %B180.loopexit.unr-lcssa3 ]
  %lcmp.mod7 = icmp ne i64 %xtraiter4, 0
  tail call void @llvm.assume(i1 %lcmp.mod7)
  %15 = shl nsw i64 %epil.iter.epil.init, 3
  %scevgep8.epil = getelementptr i8, ptr %scevgep7, i64 %15
  %.154.epil.epil = load double, ptr %scevgep8.epil, align 8
  %.160.epil.epil = fcmp ogt double %.154.epil.epil, %value.3.046.epil.epil.init
  %"$phi124.1.2.1.in.epil.epil" = select i1 %.160.epil.epil, ptr %lsr.iv5.epil.init, ptr %lsr.iv.epil.init
  %"$phi124.1.2.1.epil.epil" = load double, ptr %"$phi124.1.2.1.in.epil.epil", align 8
  %.186.epil.epil = fsub double %value.3.046.epil.epil.init, %.154.epil.epil
  %.189.epil.epil = fmul double %"$phi124.1.2.1.epil.epil", %.186.epil.epil
  %.191.epil.epil = fadd double %.154.epil.epil, %.189.epil.epil
  %.198.epil.epil = fcmp ogt double %.191.epil.epil, 0x3D719799812DEA11
  %.191..epil.epil = select i1 %.198.epil.epil, double %.191.epil.epil, double 0.000000e+00
  store double %.191..epil.epil, ptr %scevgep8.epil, align 8
  br label %B180

B180:                                             ; preds = %B50.if.epil.epil.preheader, %B180.loopexit.unr-lcssa3, %B180.loopexit.unr-lcssa, %entry
  %value.3.0.lcssa = phi double [ %.25, %entry ], [ %.191..3, %B180.loopexit.unr-lcssa ], [ %.191..epil.1, %B180.loopexit.unr-lcssa3 ], [ %.191..epil.epil, %B50.if.epil.epil.preheader ]
  store double %value.3.0.lcssa, ptr %arg.state, align 8
  store ptr null, ptr %retptr, align 8
  ret i32 0

B50.if:                                           ; preds = %B50.if, %B50.if.preheader.new
  %lsr.iv20 = phi ptr [ %scevgep21, %B50.if ], [ %arg.release, %B50.if.preheader.new ]
  %lsr.iv17 = phi ptr [ %scevgep18, %B50.if ], [ %arg.attack, %B50.if.preheader.new ]
  %value.3.046 = phi double [ %.191..3, %B50.if ], [ %.25, %B50.if.preheader.new ]
  %.1164244 = phi i64 [ %.123.3, %B50.if ], [ 0, %B50.if.preheader.new ]
  %sunkaddr = shl i64 %.1164244, 3
  %sunkaddr27 = getelementptr i8, ptr %arg.x, i64 %sunkaddr
  %.154 = load double, ptr %sunkaddr27, align 8
  %.160 = fcmp ogt double %.154, %value.3.046
  %"$phi124.1.2.1.in" = select i1 %.160, ptr %lsr.iv17, ptr %lsr.iv20
  %"$phi124.1.2.1" = load double, ptr %"$phi124.1.2.1.in", align 8
  %.186 = fsub double %value.3.046, %.154
  %.189 = fmul double %"$phi124.1.2.1", %.186
  %.191 = fadd double %.154, %.189
  %.198 = fcmp ogt double %.191, 0x3D719799812DEA11
  %.191. = select i1 %.198, double %.191, double 0.000000e+00
  store double %.191., ptr %sunkaddr27, align 8
  %sunkaddr30 = getelementptr i8, ptr %sunkaddr27, i64 8
  %.154.1 = load double, ptr %sunkaddr30, align 8
  %.160.1 = fcmp ogt double %.154.1, %.191.
  %scevgep25 = getelementptr i8, ptr %lsr.iv17, i64 %7
  %scevgep26 = getelementptr i8, ptr %lsr.iv20, i64 %8
  %"$phi124.1.2.1.in.1" = select i1 %.160.1, ptr %scevgep25, ptr %scevgep26
  %"$phi124.1.2.1.1" = load double, ptr %"$phi124.1.2.1.in.1", align 8
  %.186.1 = fsub double %.191., %.154.1
  %.189.1 = fmul double %"$phi124.1.2.1.1", %.186.1
  %.191.1 = fadd double %.154.1, %.189.1
  %.198.1 = fcmp ogt double %.191.1, 0x3D719799812DEA11
  %.191..1 = select i1 %.198.1, double %.191.1, double 0.000000e+00
  store double %.191..1, ptr %sunkaddr30, align 8
  %sunkaddr33 = getelementptr i8, ptr %sunkaddr27, i64 16
  %.154.2 = load double, ptr %sunkaddr33, align 8
  %.160.2 = fcmp ogt double %.154.2, %.191..1
  %scevgep23 = getelementptr i8, ptr %lsr.iv17, i64 %5
  %scevgep24 = getelementptr i8, ptr %lsr.iv20, i64 %6
  %"$phi124.1.2.1.in.2" = select i1 %.160.2, ptr %scevgep23, ptr %scevgep24
  %"$phi124.1.2.1.2" = load double, ptr %"$phi124.1.2.1.in.2", align 8
  %.186.2 = fsub double %.191..1, %.154.2
  %.189.2 = fmul double %"$phi124.1.2.1.2", %.186.2
  %.191.2 = fadd double %.154.2, %.189.2
  %.198.2 = fcmp ogt double %.191.2, 0x3D719799812DEA11
  %.191..2 = select i1 %.198.2, double %.191.2, double 0.000000e+00
  store double %.191..2, ptr %sunkaddr33, align 8
  %.123.3 = add nsw i64 %.1164244, 4
  %sunkaddr36 = getelementptr i8, ptr %sunkaddr27, i64 24
  %.154.3 = load double, ptr %sunkaddr36, align 8
  %.160.3 = fcmp ogt double %.154.3, %.191..2
  %scevgep19 = getelementptr i8, ptr %lsr.iv17, i64 %1
  %scevgep22 = getelementptr i8, ptr %lsr.iv20, i64 %3
  %"$phi124.1.2.1.in.3" = select i1 %.160.3, ptr %scevgep19, ptr %scevgep22
  %"$phi124.1.2.1.3" = load double, ptr %"$phi124.1.2.1.in.3", align 8
  %.186.3 = fsub double %.191..2, %.154.3
  %.189.3 = fmul double %"$phi124.1.2.1.3", %.186.3
  %.191.3 = fadd double %.154.3, %.189.3
  %.198.3 = fcmp ogt double %.191.3, 0x3D719799812DEA11
  %.191..3 = select i1 %.198.3, double %.191.3, double 0.000000e+00
  store double %.191..3, ptr %sunkaddr36, align 8
  %scevgep18 = getelementptr i8, ptr %lsr.iv17, i64 %2
  %scevgep21 = getelementptr i8, ptr %lsr.iv20, i64 %4
  %niter.ncmp.3 = icmp eq i64 %unroll_iter, %.123.3
  br i1 %niter.ncmp.3, label %B180.loopexit.unr-lcssa, label %B50.if
}

declare void @llvm.assume(i1)

