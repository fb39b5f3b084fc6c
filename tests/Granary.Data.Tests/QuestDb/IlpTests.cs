using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.QuestDb;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.QuestDb;

public sealed class IlpTests
{
    private static BarColumns Columns(int count, bool adjusted, int seed)
    {
        var random = new Random(seed);
        var columns = new BarColumns(count, adjusted) { Count = count };
        for (var i = 0; i < count; i++)
        {
            columns.Time[i] = new DateTime(1970, 1, 1).Ticks + random.NextInt64(0, 2_000_000_000L * TimeSpan.TicksPerSecond);
            foreach (var column in new[] { columns.Open, columns.High, columns.Low, columns.Close, columns.Volume, columns.Adjusted })
                if (column is not null)
                    column[i] = random.Next(4) == 0 ? random.Next() : random.NextDouble() * Math.Pow(10, random.Next(-12, 18));
        }
        return columns;
    }

    [Theory]
    [InlineData("BTC/USDT")]
    [InlineData("a b,c=d\\e")]
    [InlineData("\"quoted\" 'x'; DROP TABLE t")]
    [InlineData("Ωμέγα")]
    [InlineData("name=1i 123")]
    public void Every_line_is_of_the_grammar_and_says_the_same_bar_to_the_last_bit(string symbol)
    {
        foreach (var adjusted in new[] { false, true })
        {
            var bars = Columns(300, adjusted, symbol.Length);
            var lines = new ArrayBufferWriter<byte>();
            IlpEncoder.Append(lines, "granary_bars_1m", symbol, bars, 0, 300);
            var parsed = IlpGrammar.Parse(lines.WrittenSpan);
            parsed.Count.ShouldBe(300);
            for (var i = 0; i < 300; i++)
            {
                parsed[i].Table.ShouldBe("granary_bars_1m");
                parsed[i].Symbols.ShouldBe([("symbol", symbol)]);
                (string, object)[] expected = [("open", bars.Open[i]), ("high", bars.High[i]), ("low", bars.Low[i]),
                    ("close", bars.Close[i]), ("volume", bars.Volume[i])];
                parsed[i].Columns.ShouldBe(adjusted ? [.. expected, ("adjusted", bars.Adjusted![i])] : expected);
                parsed[i].Timestamp.ShouldBe((bars.Time[i] - DateTime.UnixEpoch.Ticks) * 100);
            }
        }
    }

    [Theory]
    [InlineData("t,symbol=x open=1 5", "the last line has no end")]
    [InlineData("t\n", "line 1: there is neither a column nor a time")]
    [InlineData("t,symbol=x open=1 5\nt,symbol open=1 5\n", "line 2: the symbol 'symbol' has no value")]
    [InlineData("t open= 5\n", "line 1: '' is not a value")]
    [InlineData("t open=NaN 5\n", "line 1: 'NaN' is not a value")]
    [InlineData("t open=1 5x\n", "line 1: '5x' is not a time")]
    [InlineData("t open=1 -5\n", "line 1: '-5' is not a time")]
    [InlineData("t o-p=1 5\n", "line 1: 'o-p' is not a name of a column")]
    [InlineData("a/b open=1 5\n", "line 1: 'a/b' is not a name of a table")]
    [InlineData("t open=1,OPEN=2 5\n", "line 1: a column is there twice")]
    [InlineData("t s=\"abc 5\n", "line 1: a string does not end")]
    public void The_grammar_refuses_what_QuestDB_refuses(string text, string sentence) =>
        Should.Throw<FormatException>(() => IlpGrammar.Parse(Encoding.UTF8.GetBytes(text))).Message.ShouldBe(sentence);

    [Fact]
    public void A_bar_before_1970_is_a_sentence()
    {
        var bars = Columns(1, false, 1);
        bars.Time[0] = new DateTime(1965, 3, 4).Ticks;
        Should.Throw<BarDataException>(() => IlpEncoder.Append(new ArrayBufferWriter<byte>(), "t", "s", bars, 0,
            1)).Message.ShouldContain("1965-03-04 is older than 1970");
    }

    /// <summary>
    /// An endpoint as QuestDB's from 7.4 on: /write takes lines that are of the grammar, whole or not at all, and answers as QuestDB does.
    /// </summary>
    private sealed class Endpoint : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;

        public Endpoint()
        {
            Port = FreePorts.Take();
            _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            _listener.Start();
            _serving = ServeAsync();
        }

        public int Port { get; }

        public List<IlpLine> Lines { get; } = [];

        public int Requests { get; private set; }

        /// <summary>Answers of this kind come first, one for each request.</summary>
        public Queue<HttpStatusCode> Trouble { get; } = new();

        public string? Credentials { get; init; }

        private async Task ServeAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
                Requests++;
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var (status, answer) = Answer(context.Request, body.ToArray());
                context.Response.StatusCode = status;
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
                context.Response.Close();
            }
        }

        private (int, string) Answer(HttpListenerRequest request, byte[] body)
        {
            if (Trouble.TryDequeue(out var trouble)) return ((int)trouble, "the server is busy");
            if (request.Url!.AbsolutePath != "/write" || request.HttpMethod != "POST") return (404, "Not Found\r\n");
            if (Credentials is not null && request.Headers["Authorization"] != "Basic "
                + Convert.ToBase64String(Encoding.UTF8.GetBytes(Credentials))) return (401, "Unauthorized\r\n");
            if (request.QueryString["precision"] is not ("n" or "ns" or "u" or "us" or "ms" or "s" or null))
                return (400, "{\"code\":\"invalid\",\"message\":\"unsupported precision\",\"errorId\":\"x-1\"}");
            try
            {
                var lines = IlpGrammar.Parse(body);
                // A column has the type of its first value.
                foreach (var line in lines)
                    foreach (var (name, value) in line.Columns)
                        if (Lines.Concat(lines).SelectMany(l => l.Columns).First(c => c.Name == name).Value.GetType() != value.GetType())
                            throw new FormatException($"line {lines.IndexOf(line) + 1}: cast error from protocol "
                                + $"type: {value.GetType().Name} to column type: DOUBLE");
                Lines.AddRange(lines);
                return (204, "");
            }
            catch (FormatException e)
            {
                var number = e.Message.StartsWith("line ", StringComparison.Ordinal) ? int.Parse(e.Message[5..e.Message.IndexOf(':')]) : 0;
                return (400, JsonSerializer.Serialize(new
                {
                    code = "invalid",
                    message = $"failed to parse line protocol:errors encountered on line(s):\nerror in {e.Message}",
                    line = number,
                    errorId = "ebcd-2"
                }));
            }
        }

        public void Dispose()
        {
            _listener.Close();
            _serving.Wait();
        }
    }

    private static IlpSender.Http Sender(Endpoint endpoint, string user = "") =>
        new(QuestDbAddress.Of(Address.Parse($"questdb://{user}127.0.0.1:{endpoint.Port}")));

    [Fact]
    public async Task Lines_over_HTTP_arrive_and_a_server_that_is_busy_is_asked_again()
    {
        using var endpoint = new Endpoint();
        endpoint.Trouble.Enqueue(HttpStatusCode.InternalServerError);
        endpoint.Trouble.Enqueue(HttpStatusCode.ServiceUnavailable);
        await using var sender = Sender(endpoint);
        var lines = new ArrayBufferWriter<byte>();
        IlpEncoder.Append(lines, "t", "S", Columns(1000, true, 1), 0, 1000);
        await sender.SendAsync(lines.WrittenMemory, default);
        endpoint.Lines.Count.ShouldBe(1000);
        endpoint.Requests.ShouldBe(3);
    }

    [Fact]
    public async Task What_the_server_refuses_is_its_own_sentence_and_is_not_sent_again()
    {
        using var endpoint = new Endpoint();
        await using var sender = Sender(endpoint);
        (await Should.ThrowAsync<BarDataException>(() => sender.SendAsync("t,symbol=x open=1 5\nt,symbol=x open=abc 5\n"u8.ToArray(),
            default))).Message
            .ShouldBe($"questdb://127.0.0.1:{endpoint.Port}: the server refuses the lines: line 2: failed to parse line protocol:errors "
                + $"encountered on line(s): error in line 2: 'abc' is not a value");
        (await Should.ThrowAsync<BarDataException>(() => sender.SendAsync("t,symbol=x open=1 5\nt,symbol=x open=1i 5\n"u8.ToArray(),
            default))).Message.ShouldContain("cast error");
        endpoint.Requests.ShouldBe(2);
        endpoint.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Credentials_old_servers_and_none_at_all_are_sentences()
    {
        using (var endpoint = new Endpoint { Credentials = "me:right" })
        {
            await using var wrong = Sender(endpoint, "me:wrong@");
            (await Should.ThrowAsync<BarDataException>(() => wrong.SendAsync("t a=1 5\n"u8.ToArray(),
                default))).Message.ShouldBe($"questdb://me@127.0.0.1:{endpoint.Port}: the server refuses the user or the password; correct "
                    + $"them");
            await using var right = Sender(endpoint, "me:right@");
            await right.SendAsync("t a=1 5\n"u8.ToArray(), default);
            endpoint.Lines.Count.ShouldBe(1);
            endpoint.Trouble.Enqueue(HttpStatusCode.NotFound);
            (await Should.ThrowAsync<BarDataException>(() => right.SendAsync("t a=1 5\n"u8.ToArray(),
                default))).Message.ShouldEndWith("takes no lines over HTTP, as before QuestDB 7.4; write ?ilp=tcp:9009 behind the address");
        }
        await using var none = new IlpSender.Http(QuestDbAddress.Of(Address.Parse("questdb://127.0.0.1:1")));
        (await Should.ThrowAsync<BarStoreException>(() => none.SendAsync("t a=1 5\n"u8.ToArray(),
            default))).Message.ShouldContain("does not take lines over HTTP");
    }

    [Theory]
    [InlineData("questdb://h?table=bars", "would hold all timeframes")]
    [InlineData("questdb://h?table=x';drop--{symbol}", "table cannot be")]
    [InlineData("questdb://h/db", "QuestDB has one database only")]
    [InlineData("questdb://h?ilp=udp", "ilp cannot be 'udp'")]
    [InlineData("questdb://u:secret@h?tabel=x", "did you mean table?")]
    public void What_is_no_address_is_a_sentence(string text, string part)
    {
        var sentence = Should.Throw<BarDataException>(() => QuestDbAddress.Of(Address.Parse(text))).Message;
        sentence.ShouldContain(part);
        sentence.ShouldNotContain("secret");
    }

    [Fact]
    public void A_symbol_from_outside_does_not_become_part_of_a_tables_name() =>
        Should.Throw<BarDataException>(() => QuestDbAddress.Of(Address.Parse("questdb://h?table={symbol}"))
            .TableOf("x'; DROP TABLE y", Timeframe.M1)).Message.ShouldContain("cannot be part of a table's name");

    [Theory]
    [InlineData(1, "id", "name", "designatedTimestamp", "partitionBy")] // up to 7.3
    // 8
    [InlineData(1, "id", "table_name", "designatedTimestamp", "partitionBy", "maxUncommittedRows", "o3MaxLag", "walEnabled",
        "directoryName", "dedup")]
    public void The_names_of_tables_are_found_in_what_old_and_new_servers_call_their_column(int place, params string[] columns) =>
        QuestDbServer.NameOfTable(i => columns[i], columns.Length).ShouldBe(place);
}
