using Granary.Data.Formats;
using Granary.Engine.Market;
using Granary.Testing.Formats;
using Xunit;

namespace SampleDataPlugin.Tests;

/// <summary>The rules of every file format, for this one.</summary>
public sealed class CentsFormatTests : FormatContractTests
{
    protected override BarFormat Format => new CentsFormat();

    // Prices are in hundredths, and the time is in the last column.
    protected override string Text => "1050,1000,1100,1025,300,2024-01-02\n1040,1010,1060,1050,200,2024-01-03\n";

    protected override IReadOnlyList<Bar> Bars { get; } =
    [
        new(new DateTime(2024, 1, 2).Ticks, 10.25, 11, 10, 10.5, 300), new(new DateTime(2024, 1, 3).Ticks, 10.5, 10.6, 10.1, 10.4, 200),
    ];

    [Fact]
    public async Task A_file_with_a_header_is_refused() =>
        await Assert.ThrowsAsync<BarDataException>(() => ReadAsync("time,open,high,low,close\n2024-01-02,1,2,1,2\n", "cents"));
}
