using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Changes of state are recorded in a chain that shows later changes of the record.</summary>
public sealed class AuditOverHttpTests
{
    private static HttpRequestMessage Weights(double weight, string match)
    {
        var put = new HttpRequestMessage(HttpMethod.Put, "/api/v1/portfolios/main/weights")
        {
            Content = JsonContent.Create(new { weights = new Dictionary<string, double> { ["é"] = weight } }),
        };
        put.Headers.TryAddWithoutValidation(match == "*" ? "If-None-Match" : "If-Match", match);
        return put;
    }

    [Fact]
    public async Task Each_change_has_who_what_before_and_after_and_refused_ones_are_left_out()
    {
        await using var server = await ApiServer.StartAsync();
        var batch = await server.SubmitAsync();
        (await server.Client.SendAsync(Weights(0.1, "*"))).EnsureSuccessStatusCode();
        (await server.Client.SendAsync(Weights(0.3, "\"1\""))).EnsureSuccessStatusCode();
        (await server.Client.SendAsync(Weights(0.5, "\"1\""))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        await server.Client.PostAsJsonAsync("/api/v1/portfolios/main/weights/preview", new { version = 1 });
        (await server.Client.DeleteAsync($"/api/v1/jobs/{batch.Id}")).EnsureSuccessStatusCode();

        var page = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/audit"))!;
        var entries = page["items"]!.AsArray().Select(e => e!.AsObject()).ToList();
        entries.Select(e => ((long)e["sequence"]!, (string)e["what"]!, (string)e["who"]!)).ShouldBe(
            [(4, "cancelJob", "local"), (3, "setWeights", "local"), (2, "setWeights", "local"), (1, "submitBatch", "local")]);
        ((string)entries[3]["target"]!, (string)entries[3]["after"]!["name"]!).ShouldBe(("/batches/" + batch.Id, "orcl sma"));
        ((double)entries[1]["before"]!["weights"]!["é"]!, (double)entries[1]["after"]!["weights"]!["é"]!).ShouldBe((0.1, 0.3));
        entries[2].ContainsKey("before").ShouldBeFalse();
        var second = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/audit?limit=2&cursor=4"))!;
        second["items"]!.AsArray().Select(e => (long)e!["sequence"]!).ShouldBe([3, 2]);
        ((string)second["next"]!).ShouldBe("2");
        await (await server.Client.GetAsync("/api/v1/audit?cursor=x")).ProblemAsync(400);
    }

    [Fact]
    public async Task An_upload_that_is_replaced_and_deleted_has_its_length_and_hash_before_and_after()
    {
        await using var server = await ApiServer.StartAsync();
        foreach (var text in (string[])["time,open\n", "time,open,high\n"])
            (await server.Client.PutAsync("/api/v1/uploads/a.csv", new StringContent(text, Encoding.UTF8, "text/csv")))
                .EnsureSuccessStatusCode();
        (await server.Client.DeleteAsync("/api/v1/uploads/a.csv")).EnsureSuccessStatusCode();
        var entries = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/audit"))!["items"]!.AsArray();
        var second = Convert.ToHexStringLower(SHA256.HashData("time,open,high\n"u8));
        entries.Select(e => ((string)e!["what"]!, (long?)e["before"]?["bytes"], (long?)e["after"]?["bytes"])).ShouldBe(
            [("deleteUpload", 15, null), ("putUpload", 10, 15), ("putUpload", null, 10)]);
        ((string)entries[0]!["before"]!["sha256"]!, (string)entries[1]!["after"]!["sha256"]!).ShouldBe((second, second));
    }

    [Fact]
    public async Task A_line_that_is_changed_or_removed_is_found_with_its_number()
    {
        await using var server = await ApiServer.StartAsync();
        await server.SubmitAsync();
        await server.Client.SendAsync(Weights(0.1, "*"));
        await server.Client.SendAsync(Weights(0.3, "\"1\""));
        var path = Path.Combine(server.Folder, AuditLog.FileName);
        new AuditLog(path, TimeProvider.System).Verify().ShouldBe((3, null));
        var whole = await File.ReadAllLinesAsync(path);
        foreach (var (text, by, line, sentence) in ((string?, string?, int, string)[])
        [
            ("0.3", "0.4", 3, "does not have its hash"), ("setWeights", "setweights", 2, "does not have its hash"),
            (null, null, 2, "does not follow the line before"),
        ])
        {
            string[] lines = [.. whole];
            if (text is null) lines = [lines[0], lines[2]];
            else lines[line - 1] = lines[line - 1].Replace(text, by);
            await File.WriteAllTextAsync(path, string.Join('\n', lines) + "\n");
            var fault = new AuditLog(path, TimeProvider.System).Verify().Fault.ShouldNotBeNull();
            fault.ShouldContain($"line {line}: ");
            fault.ShouldContain(sentence);
        }
    }

    [Fact]
    public async Task A_line_whose_bytes_were_changed_is_found_although_it_reads_the_same()
    {
        await using var server = await ApiServer.StartAsync();
        for (var n = 0; n < 3; n++)
            (await server.Client.SendAsync(Weights(0.1, n == 0 ? "*" : $"\"{n}\""))).EnsureSuccessStatusCode();
        var path = Path.Combine(server.Folder, AuditLog.FileName);
        var whole = (await File.ReadAllLinesAsync(path)).Select(l => l + "\n").ToArray();
        foreach (var (change, line, changed) in ((string, int, Func<string, string>)[])
        [
            ("a member twice", 1, l => "{\"what\":\"x\"," + l[1..]), ("a further member", 1, l => "{\"note\":\"x\"," + l[1..]),
            ("a blank", 1, l => "{ " + l[1..]), ("CRLF", 1, l => l.Replace("\n", "\r\n")), ("no line feed", 2, l => l[..^1]),
        ])
        {
            string[] lines = [.. whole];
            lines[line] = changed(lines[line]);
            await File.WriteAllTextAsync(path, string.Concat(lines));
            new AuditLog(path, TimeProvider.System).Verify().Fault.ShouldNotBeNull(change)
                .ShouldContain($"line {line + 1}: ", customMessage: change);
        }
    }

    [Fact]
    public async Task A_log_without_its_newest_line_is_found_until_the_next_entry_writes_it_again()
    {
        await using var server = await ApiServer.StartAsync();
        for (var n = 0; n < 3; n++)
            (await server.Client.SendAsync(Weights(0.1, n == 0 ? "*" : $"\"{n}\""))).EnsureSuccessStatusCode();
        var path = Path.Combine(server.Folder, AuditLog.FileName);
        await File.WriteAllTextAsync(path, string.Concat((await File.ReadAllLinesAsync(path))[..2].Select(l => l + "\n")));
        new AuditLog(path, TimeProvider.System).Verify().Fault.ShouldNotBeNull().ShouldContain("ends at entry 2");
        (await server.Client.SendAsync(Weights(0.2, "\"3\""))).EnsureSuccessStatusCode();
        new AuditLog(path, TimeProvider.System).Verify().ShouldBe((4, null));
    }

    [Fact]
    public async Task Nothing_is_changed_where_it_cannot_be_recorded()
    {
        await using var server = await ApiServer.StartAsync();
        Directory.CreateDirectory(Path.Combine(server.Folder, AuditLog.FileName));
        (await (await server.Client.SendAsync(Weights(0.1, "*"))).ProblemAsync(503)).ShouldContain("nothing is changed: the audit log");
        await (await server.Client.GetAsync("/api/v1/portfolios/main/weights")).ProblemAsync(404);
    }

    [Fact]
    public async Task Operations_during_which_a_server_ended_are_recorded_once_by_the_next_with_the_state_that_they_left()
    {
        var folder = Directory.CreateTempSubdirectory("granary-audit-").FullName;
        try
        {
            var log = new AuditLog(Path.Combine(folder, AuditLog.FileName), TimeProvider.System);
            await using (var server = await ApiServer.StartAsync(folder: folder))
            {
                (await server.Client.SendAsync(Weights(0.1, "*"))).EnsureSuccessStatusCode();
                (await server.Client.SendAsync(Weights(0.5, "\"9\""))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
            }
            log.Open().ShouldBeEmpty();
            // One that ended before its entry, and one between its entry and the end of its file.
            var cut = await log.BeginAsync("desk", "setWeights", "/portfolios/main/weights", null, default);
            var ended = await log.BeginAsync("desk", "cancelJob", "/jobs/x", null, default);
            var file = Directory.GetFiles(Path.Combine(folder, AuditLog.FileName + ".open"), ended.Id + ".json").Single();
            var text = await File.ReadAllBytesAsync(file);
            await log.CompleteAsync(ended, "/jobs/x", null);
            await File.WriteAllBytesAsync(file, text);

            await using (await ApiServer.StartAsync(folder: folder))
                await Eventually.HoldsAsync(() => log.Open().Count == 0);
            log.Verify().ShouldBe((3, null));
            var newest = log.Newest(long.MaxValue, 10);
            newest.Select(e => (e.What, e.Who, e.Interrupted)).ShouldBe(
                [("setWeights", "desk", true), ("cancelJob", "desk", null), ("setWeights", "local", null)]);
            ((double)newest[0].After!["weights"]!["é"]!, newest[0].Operation).ShouldBe((0.1, cut.Id));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Nothing_is_changed_after_the_log_was_cut_at_the_end_of_a_line()
    {
        await using var server = await ApiServer.StartAsync();
        for (var n = 0; n < 3; n++)
            (await server.Client.SendAsync(Weights(0.1, n == 0 ? "*" : $"\"{n}\""))).EnsureSuccessStatusCode();
        var path = Path.Combine(server.Folder, AuditLog.FileName);
        await File.WriteAllTextAsync(path, (await File.ReadAllLinesAsync(path))[0] + "\n");
        (await (await server.Client.SendAsync(Weights(0.7, "\"3\""))).ProblemAsync(503)).ShouldContain("lines at the end were cut off");
        (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/portfolios/main/weights"))!["version"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public async Task Entries_of_several_writers_make_one_chain()
    {
        var folder = Directory.CreateTempSubdirectory("granary-audit-");
        try
        {
            var path = Path.Combine(folder.FullName, "log.jsonl");
            // Two objects have the file, each from two threads.
            AuditLog[] logs = [new(path, TimeProvider.System), new(path, TimeProvider.System)];
            using var begin = new Barrier(4);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(w => Task.Factory.StartNew(() =>
            {
                begin.SignalAndWait();
                for (var i = 0; i < 25; i++)
                    logs[w % 2].AppendAsync($"writer {w}", "add", $"{i}", null, JsonValue.Create(new string('x', i * 400)))
                        .GetAwaiter().GetResult();
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            new AuditLog(path, TimeProvider.System).Verify().ShouldBe((100, null));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
