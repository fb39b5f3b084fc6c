using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Live;
using Granary.Contracts.Sessions;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>A single silo, whose session has its journal in files on a disk that becomes full.</summary>
public sealed class FullDiskSessionTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    [Fact]
    public async Task A_session_waits_while_its_journal_has_no_room_and_ends_as_if_the_disk_had_never_been_full()
    {
        var disk = Directory.CreateDirectory(Path.Combine(made.Folder, "runs-full")).FullName;
        Assert.SkipUnless(SystemCommand.Run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk),
            "needs a small disk: run as root on Linux, in a container with the right to mount (--privileged)");
        try
        {
            var ports = FreePorts.Take(3);
            await using var silo = SiloProcess.Start(["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}",
                "--gateway-port", $"{ports[2]}", "--runs", disk], httpPort: ports[0]);
            await silo.ReadyAsync();
            using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
            await client.StartSessionAsync(made.Start(speed: "fixed:20ms"));
            await UntilAsync(client, s => s.Status?.Bars > 60);

            var filler = Path.Combine(disk, "filler");
            await Eventually.IsAsync(async () =>
            {
                Fill(filler);
                return await client.SessionAsync(LiveSilos.Account);
            }, s => s.Status?.JournalFault is not null || s.Retry is not null, Eventually.LongestWork);
            // A write that failed gives its part of the disk back.
            await Eventually.HoldsAsync(async () =>
            {
                Fill(filler);
                return !await silo.IsReadyAsync();
            });
            var waiting = await client.SessionAsync(LiveSilos.Account);
            waiting.Phase.ShouldBe(SessionPhase.Running, waiting.Fault);
            (waiting.Status?.JournalFault ?? waiting.Retry?.Reason).ShouldNotBeNull().ShouldContain("No space left on device");

            File.Delete(filler);
            var end = await UntilAsync(client, s => s.Phase != SessionPhase.Running);
            (end.Phase, end.Digest).ShouldBe((SessionPhase.Done, made.Embedded[""].Digest), end.Fault);
            File.ReadAllLines(Path.Combine(disk, end.Run, "account_equity.csv")).ShouldBe(made.EquityOf(""));
            (await silo.IsReadyAsync()).ShouldBeTrue();
        }
        finally
        {
            SystemCommand.Run("umount", "-l", disk).ShouldBeTrue();
        }
    }

    private static Task<SessionView> UntilAsync(GranaryClient client, Func<SessionView, bool> so) =>
        Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), so, Eventually.LongestWork);

    // To the last byte: a file takes what larger writes leave.
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = 1 << 20; size > 0; size /= 2)
        {
            try
            {
                while (true) file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // No room for as much: try half.
            }
        }
    }
}
