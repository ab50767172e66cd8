# The instruction of a warp group's product names each register of its result, so its text is made here, one for
# every width and element that the kernels use: TO/product_N_ELEMENT.cuh, and TO/products.cuh with them all.
set(TESSERA_PRODUCT_WIDTHS 64 80 96 112 128)
set(TESSERA_PRODUCT_ELEMENTS Bf16 Fp16)
set(TESSERA_PRODUCT_TYPES bf16 f16)  # as the instruction names them

function(tessera_make_products to)
    set(all "#pragma once\n\n// Made by kernels/products.cmake.\n\n#include \"kernels/common/product.cuh\"\n\n"
            "namespace tessera::kernels::hopper {\n\n")
    foreach(N IN LISTS TESSERA_PRODUCT_WIDTHS)
        math(EXPR COUNT "${N} / 2")
        math(EXPR last "${COUNT} - 1")
        set(REGISTERS "")
        set(OUTPUTS "")
        foreach(i RANGE ${last})
            list(APPEND REGISTERS "%${i}")
            list(APPEND OUTPUTS "\"+f\"(c[${i}])")
        endforeach()
        list(JOIN REGISTERS ", " REGISTERS)
        list(JOIN OUTPUTS ", " OUTPUTS)
        foreach(i RANGE 6)
            math(EXPR NUMBER${i} "${COUNT} + ${i}")
        endforeach()
        foreach(ELEMENT TYPE IN ZIP_LISTS TESSERA_PRODUCT_ELEMENTS TESSERA_PRODUCT_TYPES)
            configure_file("${CMAKE_CURRENT_FUNCTION_LIST_DIR}/common/product.cuh.in"
                "${to}/product_${N}_${ELEMENT}.cuh" @ONLY)
            list(APPEND all "#include \"product_${N}_${ELEMENT}.cuh\"\n")
        endforeach()
    endforeach()
    list(APPEND all "\n}  // namespace tessera::kernels::hopper\n")
    list(JOIN all "" all)
    file(CONFIGURE OUTPUT "${to}/products.cuh" CONTENT "${all}" @ONLY)
endfunction()
