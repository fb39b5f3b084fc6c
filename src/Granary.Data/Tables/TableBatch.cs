namespace Granary.Data.Tables;

/// <summary>Consecutive rows of a table, by column. The next batch of a reader uses the same arrays.</summary>
public sealed class TableBatch
{
    /// <summary>The number of rows that a reader asks for where nothing else decides it.</summary>
    public const int UsualCount = 8192;

    /// <summary>The number of rows; arrays may be longer.</summary>
    public int Count { get; set; }

    /// <summary>The row group of the rows, from 1.</summary>
    public int Group { get; set; }

    /// <summary>The first row's number in the file, from 1.</summary>
    public long First { get; set; }

    /// <summary>The requested columns, in the order of the request.</summary>
    public required TableValues[] Columns { get; init; }
}
