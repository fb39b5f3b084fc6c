namespace Granary.Benchmarks.Scale.Model;

/// <summary>A linear model fitted to measurements.</summary>
/// <param name="Coefficients">One for each term.</param>
/// <param name="Errors">Standard error of each coefficient.</param>
/// <param name="Deviation">Standard deviation of the relative residuals.</param>
internal sealed record Fit(double[] Coefficients, double[] Errors, double Deviation)
{
    public double Predict(IReadOnlyList<double> terms) => terms.Select((t, i) => t * Coefficients[i]).Sum();
}

/// <summary>
/// Weighted least squares. A row's weight is the inverse of its value's square, so that the residuals are relative: a measurement of a
/// second and one of a minute count alike.
/// </summary>
internal static class LeastSquares
{
    /// <param name="rows">For each measurement its terms.</param>
    /// <param name="values">Measured values.</param>
    /// <param name="least">Values below it have the weight of this one.</param>
    public static Fit Solve(IReadOnlyList<double[]> rows, IReadOnlyList<double> values, double least)
    {
        var terms = rows[0].Length;
        var matrix = new double[terms, 2 * terms];
        var right = new double[terms];
        for (var r = 0; r < rows.Count; r++)
        {
            var weight = 1 / Math.Pow(Math.Max(values[r], least), 2);
            for (var i = 0; i < terms; i++)
            {
                right[i] += weight * rows[r][i] * values[r];
                for (var j = 0; j < terms; j++) matrix[i, j] += weight * rows[r][i] * rows[r][j];
            }
        }
        for (var i = 0; i < terms; i++) matrix[i, terms + i] = 1;
        Invert(matrix, terms);
        var coefficients = new double[terms];
        for (var i = 0; i < terms; i++)
            for (var j = 0; j < terms; j++)
                coefficients[i] += matrix[i, terms + j] * right[j];
        var fit = new Fit(coefficients, [], 0);
        var squares = rows.Select((row, r) => Math.Pow((values[r] - fit.Predict(row)) / Math.Max(values[r], least), 2)).Sum();
        var variance = squares / Math.Max(1, rows.Count - terms);
        return fit with
        {
            Errors = [.. Enumerable.Range(0, terms).Select(i => Math.Sqrt(variance * matrix[i, terms + i]))],
            Deviation = Math.Sqrt(variance),
        };
    }

    // Gauss-Jordan on [A | I], with the largest pivot of each column after rows were scaled.
    private static void Invert(double[,] matrix, int size)
    {
        for (var column = 0; column < size; column++)
        {
            var pivot = Enumerable.Range(column, size - column).MaxBy(r => Math.Abs(matrix[r, column]) / Scale(matrix, r, size));
            for (var j = 0; j < 2 * size; j++) (matrix[column, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[column, j]);
            var by = matrix[column, column];
            for (var j = 0; j < 2 * size; j++) matrix[column, j] /= by;
            for (var r = 0; r < size; r++)
            {
                if (r == column) continue;
                var factor = matrix[r, column];
                for (var j = 0; j < 2 * size; j++) matrix[r, j] -= factor * matrix[column, j];
            }
        }
    }

    private static double Scale(double[,] matrix, int row, int size) =>
        Enumerable.Range(0, size).Max(j => Math.Abs(matrix[row, j])) is > 0 and var most ? most : 1;
}
