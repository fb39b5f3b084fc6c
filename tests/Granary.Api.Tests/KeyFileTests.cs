using Granary.Engine;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Simulation.Json;

namespace Granary.Api.Tests;

/// <summary>The file of keys and its audit log: several writers, and processes that end at any point of a change.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string KeysFile => Path.Combine(_folder, "keys.json");

    private string LogFile => ApiKeys.AuditOf(KeysFile);

    private AuditLog Log => new(LogFile, TimeProvider.System);

    private Task<string> AddAsync(string name) => ApiKeys.AddAsync(KeysFile, name, Role.Admin, TimeProvider.System);

    private string[] Names => [.. ApiKeys.List(KeysFile, TimeProvider.System).Select(k => k.Name)];

    private string[] Recorded => [.. Log.Newest(long.MaxValue, 1000).Reverse().Select(e => $"{e.What} {e.Target}")];

    [Fact]
    public async Task Writers_side_by_side_lose_no_change_and_each_is_recorded_once()
    {
        await AddAsync("victim");
        using var begin = new Barrier(9);
        await Task.WhenAll(Enumerable.Range(0, 9).Select(w => Task.Factory.StartNew(() =>
        {
            begin.SignalAndWait();
            if (w == 8) ApiKeys.RevokeAsync(KeysFile, "victim", TimeProvider.System).GetAwaiter().GetResult();
            else AddAsync($"key {w}").GetAwaiter().GetResult();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Names.ShouldBe(Enumerable.Range(0, 8).Select(w => $"key {w}"), ignoreOrder: true);
        Recorded.ShouldBe(
            ["addKey victim", "revokeKey victim", .. Enumerable.Range(0, 8).Select(w => $"addKey key {w}")], ignoreOrder: true);
        Log.Verify().ShouldBe((10, null));
    }

    // A change writes the file of keys, the log's head and the log, in this order.
    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, -1)]
    [InlineData(2, -1)]
    [InlineData(2, 1)]
    [InlineData(2, 40)]
    public async Task A_process_that_ends_between_two_writes_leaves_a_key_with_its_entry_or_none(int written, int bytesOfLine)
    {
        var key = await AddAsync("first");
        string[] files = [KeysFile, LogFile + ".head", LogFile];
        var before = files.Select(File.ReadAllBytes).ToArray();
        var second = await AddAsync("second");
        for (var file = written; file < files.Length; file++)
        {
            var bytes = before[file];
            if (file == 2 && bytesOfLine > 0) bytes = File.ReadAllBytes(files[file])[..(bytes.Length + bytesOfLine)];
            File.WriteAllBytes(files[file], bytes);
        }
        string[] names = written == 0 ? ["first"] : ["first", "second"];
        Names.ShouldBe(names);
        ApiKeys.Open(KeysFile).Find(second).ShouldBe(written == 0 ? null : new Caller("second", Role.Admin));
        await ApiKeys.CompleteAuditAsync(KeysFile, TimeProvider.System);
        Recorded.ShouldBe(names.Select(n => $"addKey {n}"));
        Log.Verify().ShouldBe((names.Length, null));

        await AddAsync("third");
        Names.ShouldBe([.. names, "third"]);
        Recorded.ShouldBe(names.Append("third").Select(n => $"addKey {n}"));
        Log.Verify().ShouldBe((names.Length + 1, null));
        ApiKeys.Open(KeysFile).Find(key).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_log_that_was_cut_at_the_end_of_a_line_emptied_or_removed_is_found_and_nothing_more_is_changed()
    {
        foreach (var name in (string[])["one", "two", "three"]) await AddAsync(name);
        var lines = await File.ReadAllLinesAsync(LogFile);
        var head = await File.ReadAllBytesAsync(LogFile + ".head");
        for (var kept = 0; kept < 2; kept++)
        {
            await File.WriteAllTextAsync(LogFile, string.Concat(lines[..kept].Select(l => l + "\n")));
            Log.Verify().Fault.ShouldNotBeNull().ShouldContain($"ends at entry {kept}");
            await RefusedAsync("lines at the end were cut off");
        }
        File.Delete(LogFile);
        Log.Verify().Fault.ShouldNotBeNull().ShouldContain("lines at the end were cut off");
        // With the head, too: the file of keys has the entry of its last change.
        File.Delete(LogFile + ".head");
        await RefusedAsync("entries were cut off");
        await File.WriteAllTextAsync(LogFile, string.Concat(lines.Select(l => l + "\n")));
        Log.Verify().Fault.ShouldNotBeNull().ShouldContain(".head is missing");
        await RefusedAsync(".head is missing");
        await File.WriteAllBytesAsync(LogFile + ".head", head);
        await AddAsync("four");
        Log.Verify().ShouldBe((4, null));

        async Task RefusedAsync(string sentence)
        {
            (await Should.ThrowAsync<ServiceUnavailableException>(() => AddAsync("late"))).Message.ShouldContain(sentence);
            Names.ShouldBe(["one", "two", "three"]);
        }
    }

    [Fact]
    public async Task A_head_that_is_changed_at_any_byte_is_found()
    {
        await AddAsync("one");
        var head = await File.ReadAllBytesAsync(LogFile + ".head");
        for (var at = 0; at < head.Length; at++)
        {
            var copy = (byte[])head.Clone();
            copy[at] ^= 1;
            await File.WriteAllBytesAsync(LogFile + ".head", copy);
            Fault().ShouldNotBeNull($"at {at}").ShouldContain(".head");
        }

        string? Fault()
        {
            try
            {
                return Log.Verify().Fault;
            }
            catch (InputException e)
            {
                return e.Message;
            }
        }
    }

    [Fact]
    public async Task A_missing_file_is_named_with_a_remedy_and_nothing_is_made()
    {
        var missing = Path.Combine(Path.GetDirectoryName(KeysFile)!, "typo", "keys.json");
        var clock = TimeProvider.System;
        foreach (var call in (Func<Task>[])[
            () => Task.Run(() => ApiKeys.List(missing, clock)), () => ApiKeys.RevokeAsync(missing, "one", clock),
            () => ApiKeys.LimitAsync(missing, "one", l => l, clock), () => ApiKeys.RotateAsync(missing, "one", TimeSpan.Zero, clock),
            () => Task.Run(() => ApiKeys.Open(missing))])
            (await Should.ThrowAsync<InputException>(call)).Message.ShouldBe($"the file of keys {missing} does not exist; name another file, "
                + $"or make this one with: granary keys add NAME --role admin --file {missing}");
        Directory.Exists(Path.GetDirectoryName(missing)).ShouldBeFalse();
        // A file without keys has no names to list.
        await AddAsync("one");
        await ApiKeys.RevokeAsync(KeysFile, "one", clock);
        (await Should.ThrowAsync<InputException>(() => ApiKeys.RevokeAsync(KeysFile, "one", clock))).Message
            .ShouldBe($"{KeysFile} holds no key; make one with: granary keys add NAME --role admin --file {KeysFile}");
    }

    [Fact]
    public async Task The_file_is_never_readable_by_others()
    {
        if (OperatingSystem.IsWindows()) return;
        await AddAsync("one");
        await AddAsync("two");
        File.GetUnixFileMode(KeysFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
