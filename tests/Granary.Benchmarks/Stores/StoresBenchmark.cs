using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Granary.Data.BarFiles;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Postgres.Bars;
using Granary.Storage.Addresses;

namespace Granary.Benchmarks.Stores;

/// <summary>
/// Databases and streams beside what moves the same bytes without us, taking turns in one run: imports beside psql's \copy, reading beside
/// COPY … TO in binary, publishing and consuming beside a plain loop with the same client, settings and messages; and the merge by itself.
/// </summary>
public static class StoresBenchmark
{
    private const int Turns = 5;

    /// <param name="args">
    /// A one-minute CSV; then postgres://… of a database that may be filled, and kafka://…, each where there is one.
    /// </param>
    public static int Run(string[] args)
    {
        Merge(aligned: true);
        Merge(aligned: false);
        if (args.FirstOrDefault(a => Address.Parse(a).IsDatabase) is { } postgres && args.FirstOrDefault(File.Exists) is { } file)
            PostgresAsync(file, postgres).GetAwaiter().GetResult();
        else Console.WriteLine("postgres: skipped, give a one-minute CSV and postgres://… of an empty database");
        if (Array.Find(args, a => a.StartsWith("kafka://", StringComparison.Ordinal)) is { } kafka)
            KafkaAsync(KafkaBarAddress.Of(Address.Parse(kafka))).GetAwaiter().GetResult();
        else Console.WriteLine("kafka: skipped, give kafka://HOST:PORT");
        return 0;
    }

    private static Bar[] Minutes(int count, int seed, int step = 1)
    {
        var random = new Random(seed);
        var bars = new Bar[count];
        var time = new DateTime(2023, 1, 1).Ticks + seed % step * TimeSpan.TicksPerMinute;
        for (var i = 0; i < count; i++, time += step * TimeSpan.TicksPerMinute)
        {
            var price = 100 + random.NextDouble();
            bars[i] = new Bar(time, price, price + 1, price - 1, price, 10);
        }
        return bars;
    }

    private static void Merge(bool aligned)
    {
        const int markets = 500, perMarket = 20_480, block = 1024;
        var series = Enumerable.Range(0, markets).Select(i => new MarketSeries(new Instrument { Symbol = "S" + i }, Timeframe.M1))
            .ToArray();
        // Aligned: every market has every minute. Scattered: each has one minute in fifty, and not the others' minutes.
        var blocks = Enumerable.Range(0, markets).Select(m => Minutes(perMarket, m, aligned ? 1 : 50))
            .Select(b => Enumerable.Range(0, perMarket / block).Select(k => BarBlock.FromBars(k * block, b.AsSpan(k * block, block)))
                .ToArray()).ToArray();
        var best = double.MaxValue;
        var buffer = new MergedBar[4096];
        for (var turn = 0; turn < Turns; turn++)
        {
            var merge = new BarMerge(series);
            var next = new int[markets];
            var watch = Stopwatch.StartNew();
            long bars = 0, last = 0, wrong = 0;
            while (true)
            {
                for (int n; (n = merge.Take(buffer)) > 0;)
                {
                    bars += n;
                    foreach (ref readonly var merged in buffer.AsSpan(0, n))
                    {
                        if (merged.Close < last) wrong++;
                        last = merged.Close;
                    }
                }
                if (merge.WaitsFor is not { } s) break;
                if (next[s] < blocks[s].Length) merge.Add(s, blocks[s][next[s]++]);
                else merge.End(s);
            }
            if (bars != (long)markets * perMarket || wrong > 0) throw new InvalidOperationException("the merge is wrong");
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"merge of {markets} markets, {(aligned ? "every minute in all of them" : "scattered over fifty minutes"),-28}  "
                + $"{markets * (double)perMarket / best / 1e6:0.0} million bars/s on one core"));
    }

    private static async Task PostgresAsync(string file, string store)
    {
        var address = PostgresAddress.Of(Address.Parse(store));
        var uri = new Uri(store);
        var folder = Directory.CreateTempSubdirectory("granary-bench-").FullName;
        // psql may run as another user on the server's side only; the file is read by psql itself.
        var rows = Path.Combine(folder, "rows.csv");
        try
        {
            List<Bar> bars = [];
            await using (var series = await BarFile.OpenAsync(file, new BarQuery("m1", Timeframe.M1)))
                await foreach (var block in series.ReadAsync())
                    for (var i = 0; i < block.Count; i++)
                        bars.Add(block[i]);
            await File.WriteAllLinesAsync(rows,
                bars.Select(b => string.Create(CultureInfo.InvariantCulture,
                    $"1,{b.OpenTime:yyyy-MM-dd HH:mm:ss}+00,{b.Open},{b.High},{b.Low},{b.Close},{b.Volume},")));
            var plain = Path.Combine(folder, "m1.csv");
            BarCsvWriter.Write(plain, Timeframe.M1, bars);
            await using (var warm = new PostgresBarStore(address)) await warm.ListAsync();
            await Psql(uri, "CREATE TABLE IF NOT EXISTS bench_copy (LIKE bars.granary_bar INCLUDING ALL)");
            List<double> copy = [], import = [], read = [], binary = [];
            for (var turn = 0; turn < Turns; turn++)
            {
                await Psql(uri, "TRUNCATE bench_copy; DELETE FROM bars.granary_market; TRUNCATE bars.granary_bar; CHECKPOINT");
                copy.Add(await Timed(() => Psql(uri, $"\\copy bench_copy FROM '{rows}' CSV")));
                await Psql(uri, "CHECKPOINT");
                import.Add(await Timed(() => BarImport.RunAsync(new ImportRequest([plain], Address.Parse(store), "m1", Timeframe.M1,
                    new BarFileOptions()),
                    TestCatalogues.All.Stores)));
            }
            await Psql(uri, "ANALYZE bars.granary_bar; ANALYZE bench_copy");
            for (var turn = 0; turn < Turns; turn++)
            {
                binary.Add(await Timed(() => Psql(uri,
                    "COPY (SELECT time, open, high, low, close, volume FROM bars.granary_bar WHERE market = (SELECT id FROM "
                        + "bars.granary_market) ORDER BY time) TO STDOUT (FORMAT BINARY)")));
                read.Add(await Timed(async () =>
                {
                    await using var source = new PostgresBarSource(address);
                    await using var series = await source.OpenAsync(new BarQuery("m1", Timeframe.M1));
                    var sum = 0L;
                    await foreach (var block in series.ReadAsync()) sum += block.Count;
                    if (sum != bars.Count) throw new InvalidOperationException("bars are missing");
                }));
            }
            Row($"PostgreSQL: import of {bars.Count:N0} minutes from text", import, "psql \\copy of the same rows", copy, 1.5);
            Row("PostgreSQL: reading them in blocks", read, "COPY … TO in binary", binary, 2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Psql(Uri server, string sql)
    {
        var start = new ProcessStartInfo("psql") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[] { "-h", server.Host, "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-U",
            server.UserInfo.Split(':')[0], "-d", server.AbsolutePath.Trim('/'), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException(await error);
    }

    private const int BlockSize = 1024;

    private static async Task KafkaAsync(KafkaBarAddress address)
    {
        const int blocks = 2048, size = BlockSize;
        var market = new MarketSeries(new Instrument { Symbol = "A" }, Timeframe.M1);
        // 80 MB: several times what the client fetches ahead.
        var bars = Minutes(blocks * size, 1);
        var items = Enumerable.Range(0, blocks)
            .Select(k => FeedItem.Of(0, BarBlock.FromBars(k * size, bars.AsSpan(k * size, size)),
                bars[(k + 1) * size - 1].Time + TimeSpan.TicksPerMinute)).ToArray();
        var replay = Guid.NewGuid();
        var encoded = items.Select(i => BarMessageCodec.ToBytes(BarMessage.Of(replay, [market], i), new())).ToArray();
        List<double> plainOut = [], ourOut = [], plainIn = [], ourIn = [], decode = [];
        for (var turn = 0; turn < Turns; turn++)
        {
            var memory = new BarMessageCodec.Memory();
            decode.Add(await Timed(() =>
            {
                foreach (var bytes in encoded) BarMessageCodec.Read(bytes, memory);
                return Task.CompletedTask;
            }));
        }
        for (var turn = 0; turn <= Turns; turn++)
        {
            var run = Guid.NewGuid().ToString("N")[..8];
            var (plain, ours) = (address with { Topic = "bench-plain-" + run }, address with { Topic = "bench-ours-" + run });
            var times = (PlainOut: await PublishPlainAsync(plain, encoded), OurOut: await PublishAsync(ours, replay, market, items),
                PlainIn: await ConsumePlainAsync(plain, "plain-" + run, blocks), OurIn: await ConsumeAsync(ours, bars.Length));
            if (turn == 0) continue;
            plainOut.Add(times.PlainOut);
            ourOut.Add(times.OurOut);
            plainIn.Add(times.PlainIn);
            ourIn.Add(times.OurIn);
        }
        Row($"Kafka: publishing {blocks} blocks of {size} bars ({encoded[0].Length / 1024} KB each)", ourOut,
            "a plain loop, bytes made before", plainOut, 1.5);
        Row("Kafka: consuming them, in order and checked", ourIn, "a plain loop that looks at nothing", plainIn, 1.5);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Kafka: reading and checking these messages without a broker: {decode.Min():0.000} s"));
    }

    // The plain loop: the same client and settings, bytes made before.
    private static async Task<double> PublishPlainAsync(KafkaBarAddress address, byte[][] encoded)
    {
        await Prepare(address);
        using var producer = address.Endpoint.KeyedProducer(KafkaBarSink.Queue);
        // connected, as the other
        producer.Produce(new TopicPartition(address.Topic, 0), new Message<string, byte[]> { Key = "SIM:A", Value = encoded[0] });
        producer.Flush();
        return await Timed(() =>
        {
            foreach (var bytes in encoded.AsSpan(1)) Produce(producer, address.Topic!, bytes);
            producer.Flush();
            return Task.CompletedTask;
        });
    }

    // Waits where the client's queue is full.
    private static void Produce(IProducer<string, byte[]> producer, string topic, byte[] bytes)
    {
        while (true)
        {
            try
            {
                producer.Produce(new TopicPartition(topic, 0), new Message<string, byte[]> { Key = "SIM:A", Value = bytes });
                return;
            }
            catch (ProduceException<string, byte[]> e) when (e.Error.Code == Confluent.Kafka.ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static async Task<double> PublishAsync(KafkaBarAddress address, Guid replay, MarketSeries market, FeedItem[] items)
    {
        await Prepare(address);
        await using var sink = new KafkaBarSink(address, replay);
        MarketSeries[] published = [market];
        await sink.PublishAsync(published, items[0]);
        await sink.FlushAsync();
        var seconds = await Timed(async () =>
        {
            foreach (var item in items.Skip(1)) await sink.PublishAsync(published, item);
            await sink.FlushAsync();
        });
        await sink.PublishAsync(published, FeedItem.Heartbeat(items[^1].Time));
        await sink.PublishAsync(published, FeedItem.End(items[^1].Time));
        await sink.FlushAsync();
        return seconds;
    }

    private static async Task<double> ConsumePlainAsync(KafkaBarAddress address, string group, int blocks)
    {
        using var consumer = address.Endpoint.Consumer(group);
        consumer.Assign(new TopicPartitionOffset(address.Topic, 0, Offset.Beginning));
        consumer.Consume(TimeSpan.FromSeconds(30));
        return await Timed(() =>
        {
            for (var n = 1; n < blocks;)
                if (consumer.Consume(TimeSpan.FromSeconds(30)) is not null)
                    n++;
            return Task.CompletedTask;
        });
    }

    private static async Task<double> ConsumeAsync(KafkaBarAddress address, int bars)
    {
        await using var feed = await KafkaBarFeed.OpenAsync(address, [new BarQuery("A", Timeframe.M1)], blockSize: BlockSize);
        var reader = feed.ReadAsync().GetAsyncEnumerator();
        await reader.MoveNextAsync(); // connected, as the other
        var got = reader.Current.Bars?.Count ?? 0;
        var seconds = await Timed(async () =>
        {
            while (await reader.MoveNextAsync() && reader.Current.Kind != FeedItemKind.End) got += reader.Current.Bars?.Count ?? 0;
        });
        return got == bars ? seconds : throw new InvalidOperationException($"{got} of {bars} bars came");
    }

    private static async Task Prepare(KafkaBarAddress address)
    {
        using var producer = address.Endpoint.KeyedProducer(1 << 20);
        for (var i = 0; i < 50 && address.Endpoint.Partitions(address.Topic!, TimeSpan.FromSeconds(10)) == 0; i++)
        {
            await address.Endpoint.EnsureTopicAsync(address.Topic!, 1, -1, TimeSpan.FromSeconds(10));
            await Task.Delay(200);
        }
    }

    private static async Task<double> Timed(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    private static void Row(string what, List<double> ours, string than, List<double> theirs, double limit)
    {
        static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {Median(ours):0.000} s, {than} {Median(theirs):0.000} s; ratio of "
                + $"medians {Median(ours) / Median(theirs):0.00}, of the best {ours.Min() / theirs.Min():0.00} (at most {limit})"));
    }
}
