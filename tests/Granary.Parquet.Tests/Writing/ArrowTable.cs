using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Granary.Parquet.Tests.Writing;

/// <summary>An Arrow file or stream, read by Apache.Arrow.</summary>
internal static class ArrowTable
{
    public static (Schema Schema, IReadOnlyList<object?[]> Rows) ReadFile(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new ArrowFileReader(file);
        return Read(reader);
    }

    public static (Schema Schema, IReadOnlyList<object?[]> Rows) ReadStream(Stream stream)
    {
        using var reader = new ArrowStreamReader(stream);
        return Read(reader);
    }

    private static (Schema Schema, IReadOnlyList<object?[]> Rows) Read(ArrowStreamReader reader)
    {
        var rows = new List<object?[]>();
        while (reader.ReadNextRecordBatch() is { } batch)
            using (batch)
            {
                var columns = batch.Arrays.ToList();
                for (var i = 0; i < batch.Length; i++) rows.Add([.. columns.Select(c => ValueOf(c, i))]);
            }
        return (reader.Schema, rows);
    }

    private static object? ValueOf(IArrowArray array, int index) => array switch
    {
        DictionaryArray words => words.Indices.IsNull(index) ? null
            : ((StringArray)words.Dictionary).GetString(((Int32Array)words.Indices).GetValue(index)!.Value),
        StringArray texts => texts.GetString(index),
        DoubleArray numbers => numbers.GetValue(index),
        Int64Array wholes => wholes.GetValue(index),
        TimestampArray times => ((TimestampType)times.Data.DataType).Unit != TimeUnit.Nanosecond
            || ((TimestampType)times.Data.DataType).Timezone != "UTC"
            ? throw new InvalidDataException("not nanoseconds in UTC")
            : times.IsNull(index) ? null : (object)(decimal)times.GetValue(index)!.Value,
        _ => throw new InvalidDataException($"an array of {array.Data.DataType}"),
    };
}
