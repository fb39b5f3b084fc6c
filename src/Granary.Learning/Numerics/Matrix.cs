namespace Granary.Learning.Numerics;

/// <summary>A view of an array as a matrix: element (r, c) is at r · RowStride + c · ColumnStride.</summary>
/// <param name="values">The numbers; the view does not copy them.</param>
/// <param name="rows">The number of rows.</param>
/// <param name="columns">The number of columns.</param>
/// <param name="rowStride">The distance from one row to the next, in elements.</param>
/// <param name="columnStride">The distance from one column to the next, in elements.</param>
internal readonly ref struct Matrix(ReadOnlySpan<double> values, int rows, int columns, int rowStride, int columnStride)
{
    public ReadOnlySpan<double> Values { get; } = values;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public int RowStride { get; } = rowStride;

    public int ColumnStride { get; } = columnStride;

    /// <summary>A view of contiguous rows.</summary>
    public static Matrix RowMajor(ReadOnlySpan<double> values, int rows, int columns) => new(values, rows, columns, columns, 1);

    /// <summary>The same elements with rows and columns exchanged.</summary>
    public Matrix Transposed => new(Values, Columns, Rows, ColumnStride, RowStride);
}
