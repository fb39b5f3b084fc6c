using Granary.Api.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

/// <summary>The health check of the images: exit codes and reasons.</summary>
public class HealthProbeTests
{
    private sealed class DatabaseAway : IReadinessCheck
    {
        public string Name => "database";

        public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<string?>("no connection to 10.0.0.1:5432");
    }

    private static async Task<(int Code, string Reason)> AskAsync(string? url, string? urls = null)
    {
        using var error = new StringWriter();
        var code = await HealthProbe.AskAsync("granary", url, name => name == HealthProbe.UrlsVariable ? urls : null, error);
        return (code, error.ToString());
    }

    [Fact]
    public async Task A_server_that_is_ready_is_healthy_also_where_it_listens_on_all_addresses()
    {
        await using var server = await ApiServer.StartAsync();
        (await AskAsync(server.Address.ToString())).ShouldBe((0, ""));
        foreach (var all in (string[])["*", "+", "0.0.0.0", "[::]"])
            (await AskAsync(url: null, $"http://{all}:{server.Address.Port};http://other:1")).ShouldBe((0, ""), all);
    }

    [Fact]
    public async Task A_server_that_is_not_ready_gives_its_reason()
    {
        await using var server = await ApiServer.StartAsync(add: services => services.AddSingleton<IReadinessCheck>(new DatabaseAway()));
        var (code, reason) = await AskAsync(server.Address.ToString());
        code.ShouldBe(1);
        reason.ShouldContain("no connection to 10.0.0.1:5432");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_named()
    {
        var (code, reason) = await AskAsync("http://127.0.0.1:1");
        code.ShouldBe(1);
        reason.ShouldStartWith("http://127.0.0.1:1/: ");
    }

    [Theory]
    [InlineData("my-server")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("")]
    public async Task What_is_no_address_is_a_wrong_call(string url)
    {
        var (code, reason) = await AskAsync(url);
        code.ShouldBe(2);
        reason.ShouldContain($"granary health {url}: this is no address of a server; give one as http://127.0.0.1:8080, or "
            + "set GRANARY_URLS");
    }
}
