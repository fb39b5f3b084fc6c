namespace Granary.Cli.Tests;

/// <summary>A batch file names its bars by a path. With <c>--host</c> the server reads them, on its own machine.</summary>
public sealed class ServerPathsTests(SharedServer server) : IDisposable
{
    private const string Joined = """
        { "parts": [ { "source": "csv:gone", "symbols": ["ACME"], "timeframe": "1h" },
          { "source": "csv:away", "symbols": ["COIN"], "timeframe": "1h" } ] }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "source": "csv:gone", "symbols": ["ACME"], "timeframe": "1h" }""", "gone")]
    [InlineData("""{ "source": "store:gone", "symbols": ["ACME"], "timeframe": "1h" }""", "gone")]
    [InlineData("""{ "source": "csv:/nowhere/bars", "symbols": "*", "timeframe": "1h" }""", "/nowhere/bars")]
    [InlineData(Joined, "gone")]
    public async Task A_path_that_the_server_does_not_have_is_said_to_be_of_its_machine(string data, string path)
    {
        var batch = _folder.Write("batch.json", $$"""
            { "name": "away", "data": {{data}}, "strategies": [ { "class": "SmaCross" } ] }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--host", await server.UrlAsync, "--out", _folder.At("out"), "--quiet");
        call.ExitCode.ShouldBe(2, call.Output);
        call.Error.ShouldContain(Path.GetFullPath(Path.Combine(_folder.Path, path)));
        call.Error.TrimEnd().ShouldEndWith(
            "on the server, which reads the bars: the path is one of its machine, not of this one");
        // On this machine there is no other one to name.
        var own = await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("out"), "--quiet");
        own.ExitCode.ShouldBe(2, own.Output);
        own.Error.ShouldNotContain("server");
    }
}
