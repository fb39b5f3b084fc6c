using Granary.Data.FolderStore;
using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Postgres.Bars;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.Funding;

/// <summary>Funding rates that a store keeps beside its bars.</summary>
public sealed class FundingStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static FundingRow Row(int hour, double rate, double mark = double.NaN) =>
        FundingRow.At(Read.Utc("2024-01-01") + hour * TimeSpan.TicksPerHour, rate, mark);

    private static async Task KeepsAsync(Func<string, IReadOnlyList<FundingRow>, Task<int>> merge,
        Func<string, Task<IReadOnlyList<FundingRow>>> read)
    {
        (await read("BTCUSDT")).ShouldBeEmpty();
        (await merge("BTCUSDT", [Row(8, 0.0001), Row(16, -0.0002, 42_000.5), Row(20, double.NaN, 41_999)])).ShouldBe(3);
        (await merge("BTCUSDT", [Row(8, 0.0001), Row(16, -0.0002, 42_000.5), Row(20, double.NaN, 41_999)])).ShouldBe(0);
        // Rows before, between and after, one of them with another rate.
        (await merge("BTCUSDT", [Row(0, 1e-17), Row(16, 0.1 + 0.2), Row(24, -0.03)])).ShouldBe(3);
        (await merge("BTC/USDT", [Row(8, 0.5)])).ShouldBe(1);
        (await read("BTCUSDT")).ShouldBe(
            [Row(0, 1e-17), Row(8, 0.0001), Row(16, 0.1 + 0.2), Row(20, double.NaN, 41_999), Row(24, -0.03)]);
        (await read("BTC/USDT")).ShouldBe([Row(8, 0.5)]);
    }

    [Fact]
    public async Task A_folder_keeps_rows_by_time_to_the_last_bit()
    {
        await using var store = new FolderBarStore(_folder.Path);
        await KeepsAsync((symbol, rows) => store.MergeFundingAsync(symbol, rows).AsTask(),
            symbol => ((IFundingSource)store.Source()).ReadFundingAsync(symbol).AsTask());
        (await store.ListAsync()).ShouldBeEmpty("rates are no bars");
    }

    [Fact]
    public async Task A_database_keeps_rows_by_time_to_the_last_bit()
    {
        var server = await PostgresServer.ShareAsync();
        var database = "test_" + Guid.NewGuid().ToString("N")[..12];
        await server.CreateDatabaseAsync(database);
        var address = PostgresAddress.Of(Address.Parse(server.AddressOf(database)));
        await using var store = new PostgresBarStore(address);
        await KeepsAsync((symbol, rows) => store.MergeFundingAsync(symbol, rows).AsTask(),
            symbol => ((IFundingSource)store.Source()).ReadFundingAsync(symbol).AsTask());
    }

    [Fact]
    public async Task A_damaged_file_of_a_folder_is_refused_whatever_byte_differs()
    {
        await using var store = new FolderBarStore(_folder.Path);
        await store.MergeFundingAsync("BTCUSDT", [Row(8, 0.0001), Row(16, -0.0002, 42_000.5)]);
        var path = Path.Combine(_folder.Path, "BTCUSDT", "funding.rates");
        var bytes = await File.ReadAllBytesAsync(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            var other = (byte[])bytes.Clone();
            other[i] ^= 0x41;
            await File.WriteAllBytesAsync(path, other);
            var fault = Should.Throw<BarDataException>(() => ((IFundingSource)store.Source()).ReadFundingAsync("BTCUSDT").AsTask());
            fault.Message.ShouldStartWith(path);
        }
        await File.WriteAllBytesAsync(path, bytes[..^5]);
        Should.Throw<BarDataException>(() => ((IFundingSource)store.Source()).ReadFundingAsync("BTCUSDT").AsTask()).Message
            .ShouldBe($"{path}: the file is damaged; remove it and import the funding again");
    }
}
