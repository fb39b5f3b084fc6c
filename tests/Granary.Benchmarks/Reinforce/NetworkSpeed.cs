using System.Globalization;
using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Benchmarks.Reinforce;

/// <summary>The matrix products of a training step of a 64 × 64 network, beside `products.cpp`.</summary>
internal static class NetworkSpeed
{
    private const int Rows = 256, Width = 64, Turns = 4000;

    public static void Run()
    {
        var random = new PortableRandom(1);
        var (x, w, slopes) = (Numbers(Rows * Width, ref random), Numbers(Width * Width, ref random), Numbers(Rows * Width, ref random));
        var (bias, y, gradient) = (new double[Width], new double[Rows * Width], new double[Width * Width]);
        void Turn()
        {
            MatrixProduct.Set(Matrix.RowMajor(x, Rows, Width), w, bias, y);
            MatrixProduct.Add(Matrix.RowMajor(x, Rows, Width).Transposed, slopes, gradient);
            Array.Clear(y);
            MatrixProduct.AddByTransposed(Matrix.RowMajor(slopes, Rows, Width), w, y);
        }

        for (var i = 0; i < 200; i++) Turn();
        var before = ReinforceBenchmark.Cpu();
        for (var i = 0; i < Turns; i++) Turn();
        var seconds = ReinforceBenchmark.Cpu() - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Products of 256 rows by 64 × 64, forward and backward: {1e6 * seconds / Turns:0.0} µs, "
                + $"{3.0 * 2 * Rows * Width * Width * Turns / seconds / 1e9:0.0} GFLOP/s"));
    }

    private static double[] Numbers(int count, ref PortableRandom random)
    {
        var numbers = new double[count];
        for (var i = 0; i < count; i++) numbers[i] = random.NextGaussian();
        return numbers;
    }
}
