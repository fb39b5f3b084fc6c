using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Api.Access;
using Granary.Engine;
using Granary.Server.Access;
using Granary.Server.Audit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

/// <summary>A key with limits at the HTTP API.</summary>
public sealed partial class LimitedCallersTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("granary-limited-").FullName, "keys.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private Task<string> AddAsync(int? trials = 200) => ApiKeys.AddAsync(_file, "assistant", Role.Submitter, TimeProvider.System,
        rights: new(Limits: new TrialLimits(trials, new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero))));

    // Those that apply the limits, or show neither bars nor results.
    private static readonly string[] s_open = ["/api/v1/health/live", "/api/v1/health/ready", "/health/live", "/health/ready", "/api/v1/caller"];

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    [Fact]
    public async Task Every_endpoint_refuses_a_key_with_limits_or_is_on_the_short_list()
    {
        var key = await AddAsync();
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), parts: ServerParts.Sessions);
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var endpoints = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        endpoints.Count.ShouldBeGreaterThan(100);
        var (refused, open) = (new List<string>(), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var endpoint in endpoints)
        {
            var path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText!, "1").TrimStart('/');
            foreach (var verb in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                using var request = new HttpRequestMessage(new HttpMethod(verb), path);
                if (verb is not ("GET" or "HEAD")) request.Content = JsonContent.Create(new { });
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (endpoint.Metadata.GetMetadata<OpenToLimitedCallers>() is not null) open.Add(path);
                else
                {
                    ((int)answer.StatusCode).ShouldBe(403, $"{verb} {path}");
                    if (verb != "HEAD") (await answer.Content.ReadAsStringAsync()).ShouldContain("for assistants alone");
                    refused.Add($"{verb} {path}");
                }
            }
        }
        open.ShouldBe(s_open, ignoreOrder: true);
        refused.Count.ShouldBeGreaterThan(100);
        var logged = server.Services.GetRequiredService<AuditLog>().Newest(long.MaxValue, 10_000);
        foreach (var attempt in refused.Distinct().Where(r => !r.StartsWith("HEAD", StringComparison.Ordinal)))
            logged.ShouldContain(e => e.Who == "assistant" && e.What == "refuseLimited" && e.Target == attempt, attempt);
    }

    [Fact]
    public async Task The_answer_about_the_caller_has_the_limits_of_its_key()
    {
        var (limited, free) = (await AddAsync(), await ApiKeys.AddAsync(_file, "ann", Role.Viewer, TimeProvider.System));
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), parts: ServerParts.Sessions);
        using var client = new HttpClient { BaseAddress = server.Address };
        async Task<JsonElement> CallAsync(string key)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
            return await client.GetFromJsonAsync<JsonElement>("/api/v1/caller");
        }
        var limits = (await CallAsync(limited)).GetProperty("limits");
        (limits.GetProperty("trials").GetInt32(), limits.GetProperty("holdout").GetDateTimeOffset())
            .ShouldBe((200, new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        (await CallAsync(free)).TryGetProperty("limits", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Odd_spellings_of_a_path_are_refused_too()
    {
        var key = await AddAsync();
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), parts: ServerParts.Sessions);
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        foreach (var path in (string[])["/API/V1/RUNS", "/api/v1/runs/", "/api/v1//runs", "/api/v1/%72uns", "/api/v1/caller/../runs",
            "/api/v1/caller/%2e%2e/runs", "/mcp/../api/v1/runs", "/api/v1/runs?key=1", "/health/live/../../api/v1/data"])
        {
            using var answer = await client.GetAsync(path);
            ((int)answer.StatusCode).ShouldBeOneOf([403, 404], path);
        }
    }

    [Fact]
    public async Task Limits_are_shown_raised_and_audited_and_never_lost()
    {
        var key = await AddAsync();
        var keys = ApiKeys.Open(_file);
        keys.Find(key)!.Limits!.Trials.ShouldBe(200);
        await ApiKeys.LimitAsync(_file, "assistant", old => old with { Trials = 500 }, TimeProvider.System);
        File.SetLastWriteTimeUtc(_file, DateTime.UtcNow.AddSeconds(1));
        keys.Find(key)!.Limits.ShouldBe(new TrialLimits(500, new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var rotated = await ApiKeys.RotateAsync(_file, "assistant", TimeSpan.Zero, TimeProvider.System);
        ApiKeys.Open(_file).Find(rotated)!.Limits!.Trials.ShouldBe(500, "a rotated key keeps them");
        ApiKeys.List(_file, TimeProvider.System).ShouldAllBe(k => k.Limits!.Trials == 500);
        var entry = new AuditLog(ApiKeys.AuditOf(_file), TimeProvider.System).Newest(long.MaxValue, 10).Single(e => e.What == "limitKey");
        (entry.Before!.ToJsonString().Contains("\"trials\":200", StringComparison.Ordinal),
            entry.After!.ToJsonString().Contains("\"trials\":500", StringComparison.Ordinal)).ShouldBe((true, true));
        await ApiKeys.AddAsync(_file, "person", Role.Submitter, TimeProvider.System);
        (await Should.ThrowAsync<InputException>(() => ApiKeys.LimitAsync(_file, "person", old => old, TimeProvider.System))).Message
            .ShouldContain("has no limits");
        foreach (var (role, code) in new[] { (Role.Admin, false), (Role.Submitter, true) })
            await Should.ThrowAsync<InputException>(() => ApiKeys.AddAsync(_file, "other", role, TimeProvider.System,
                rights: new(code, new TrialLimits(1, null))));
        await Should.ThrowAsync<InputException>(() => ApiKeys.AddAsync(_file, "other", Role.Submitter, TimeProvider.System,
            rights: new(Limits: new TrialLimits(-1, null))));
    }
}
