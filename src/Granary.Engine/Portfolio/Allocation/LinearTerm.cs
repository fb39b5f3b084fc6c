namespace Granary.Engine.Portfolio.Allocation;

/// <summary>A sparse linear function of the variables, less a constant: Σ valueᵢ · x[indexᵢ] − bound.</summary>
internal sealed record LinearTerm(int[] Index, double[] Value, double Bound)
{
    public double Of(double[] x)
    {
        var sum = Product(x);
        return sum - Bound;
    }

    /// <summary>Without the constant.</summary>
    public double Product(double[] x)
    {
        var sum = 0.0;
        for (var k = 0; k < Index.Length; k++) sum += Value[k] * x[Index[k]];
        return sum;
    }

    /// <summary>y += factor · values.</summary>
    public void AddTo(double[] y, double factor)
    {
        for (var k = 0; k < Index.Length; k++) y[Index[k]] += factor * Value[k];
    }

    /// <summary>Lower triangle of A += factor · values · values′.</summary>
    public void AddSquare(double[] a, int n, double factor)
    {
        for (var k = 0; k < Index.Length; k++)
        {
            var scaled = factor * Value[k];
            for (var l = 0; l < Index.Length; l++)
                if (Index[l] <= Index[k])
                    a[Index[k] * n + Index[l]] += scaled * Value[l];
        }
    }
}
