namespace Granary.Data.Tables;

/// <summary>The values of one column in a <see cref="TableBatch"/>. Only the array of the column's kind is set.</summary>
public sealed class TableValues
{
    /// <summary>Marks the missing values; null if none is missing.</summary>
    public bool[]? Missing { get; set; }

    public double[] Numbers { get; set; } = [];

    public long[] Wholes { get; set; } = [];

    public string[] Texts { get; set; } = [];

    public bool IsMissing(int row) => Missing is not null && Missing[row];
}
