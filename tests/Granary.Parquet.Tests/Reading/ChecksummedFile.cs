using ParquetSharp;

namespace Granary.Parquet.Tests.Reading;

/// <summary>Writes minutes whose pages have checksums.</summary>
internal static class ChecksummedFile
{
    public static string Write(string path, Compression compression, int count = 1000)
    {
        using var properties = new WriterPropertiesBuilder().EnablePageChecksum().Compression(compression).Build();
        using var writer = new ParquetFileWriter(path, [new Column<DateTime>("time", LogicalType.Timestamp(true, TimeUnit.Micros)),
            new Column<double>("open"), new Column<double>("high"), new Column<double>("low"), new Column<double>("close"),
            new Column<double?>("volume")], properties);
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var first = 0; first < count; first += 400)
        {
            using var group = writer.AppendRowGroup();
            int[] rows = [.. Enumerable.Range(first, Math.Min(400, count - first))];
            using (var time = group.NextColumn().LogicalWriter<DateTime>()) time.WriteBatch([.. rows.Select(i => start.AddMinutes(i))]);
            foreach (var offset in (double[])[0, 1, -1, 0.5])
                using (var price = group.NextColumn().LogicalWriter<double>())
                    price.WriteBatch([.. rows.Select(i => 100 + i % 50 * 0.25 + offset)]);
            using (var volume = group.NextColumn().LogicalWriter<double?>())
                volume.WriteBatch([.. rows.Select(i => i % 7 == 0 ? null : (double?)(i * 10))]);
        }
        writer.Close();
        return path;
    }
}
