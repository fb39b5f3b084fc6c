using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Tests.Numerics;

public class MatrixProductTests
{
    [Theory]
    [InlineData(1, 3, 4)]
    [InlineData(5, 7, 20)]
    [InlineData(8, 64, 64)]
    [InlineData(11, 1, 36)]
    public void A_product_has_the_bits_of_a_loop_in_the_order_of_the_inner_index(int rows, int inner, int width)
    {
        var random = new PortableRandom(1);
        var a = Numbers(rows * inner, ref random);
        var b = Numbers(inner * width, ref random);
        var bias = Numbers(width, ref random);
        var target = new double[rows * width];
        MatrixProduct.Set(Matrix.RowMajor(a, rows, inner), b, bias, target);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < width; c++)
            {
                var sum = bias[c];
                for (var k = 0; k < inner; k++) sum = Math.FusedMultiplyAdd(a[r * inner + k], b[k * width + c], sum);
                target[r * width + c].ShouldBe(sum);
            }
    }

    [Theory]
    [InlineData(1, 3, 4)]
    [InlineData(4, 5, 20)]
    [InlineData(7, 12, 36)]
    [InlineData(3, 64, 64)]
    public void A_product_by_a_transpose_has_the_bits_of_scalar_products(int rows, int outputs, int width)
    {
        var random = new PortableRandom(2);
        var a = Numbers(rows * width, ref random);
        var b = Numbers(outputs * width, ref random);
        var start = Numbers(rows * outputs, ref random);
        var target = (double[])start.Clone();
        MatrixProduct.AddByTransposed(Matrix.RowMajor(a, rows, width), b, target);
        for (var r = 0; r < rows; r++)
            for (var i = 0; i < outputs; i++)
                target[r * outputs + i].ShouldBe(start[r * outputs + i]
                    + Dense.Dot(a.AsSpan(r * width, width), b.AsSpan(i * width, width)));
    }

    [Fact]
    public void A_transposed_view_reads_columns_as_rows()
    {
        // [1 2 3; 4 5 6] transposed, times a column of [1, 10] in the first lane: 1 + 40, 2 + 50, 3 + 60.
        var target = new double[12];
        MatrixProduct.Add(Matrix.RowMajor([1, 2, 3, 4, 5, 6], 2, 3).Transposed, [1, 0, 0, 0, 10, 0, 0, 0], target);
        target.ShouldBe([41, 0, 0, 0, 52, 0, 0, 0, 63, 0, 0, 0]);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Should.Throw<ArgumentException>(() => MatrixProduct.Add(Matrix.RowMajor(new double[6], 2, 3), new double[11], new double[8]));
        Should.Throw<ArgumentException>(() => MatrixProduct.Add(Matrix.RowMajor(new double[6], 2, 3), new double[12], new double[6]));
        Should.Throw<ArgumentException>(() => MatrixProduct.AddByTransposed(Matrix.RowMajor(new double[6], 2, 3), new double[9],
            new double[6]));
        Should.Throw<ArgumentException>(() => MatrixProduct.AddByTransposed(Matrix.RowMajor(new double[8], 2, 4), new double[12],
            new double[5]));
    }

    private static double[] Numbers(int count, ref PortableRandom random)
    {
        var numbers = new double[count];
        for (var i = 0; i < count; i++) numbers[i] = random.NextGaussian();
        return numbers;
    }
}
