namespace Granary.Learning.Numerics;

/// <summary>A view of numbers as a matrix: element (r, c) lies at r · RowStride + c · ColumnStride.</summary>
/// <param name="values">The numbers; the view does not copy them.</param>
/// <param name="rows">How many rows.</param>
/// <param name="columns">How many columns.</param>
/// <param name="rowStride">Numbers from one row to the next.</param>
/// <param name="columnStride">Numbers from one column to the next.</param>
internal readonly ref struct Matrix(ReadOnlySpan<double> values, int rows, int columns, int rowStride, int columnStride)
{
    public ReadOnlySpan<double> Values { get; } = values;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public int RowStride { get; } = rowStride;

    public int ColumnStride { get; } = columnStride;

    /// <summary>Rows that follow one another without gaps.</summary>
    public static Matrix RowMajor(ReadOnlySpan<double> values, int rows, int columns) => new(values, rows, columns, columns, 1);

    /// <summary>The same numbers with rows and columns exchanged.</summary>
    public Matrix Transposed => new(Values, Columns, Rows, ColumnStride, RowStride);
}
