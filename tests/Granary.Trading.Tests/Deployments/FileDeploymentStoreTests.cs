using System.Text;
using Granary.Trading.Deployments;

namespace Granary.Trading.Tests.Deployments;

/// <summary>Writers of a folder of deployments side by side, and one that ends at any point of an addition.</summary>
public sealed class FileDeploymentStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-deployments-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private FileDeploymentStore Store => new(_folder);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private IEnumerable<(long, string)> Events => Store.Events(0).Select(e => (e.Sequence, Encoding.UTF8.GetString(e.Document)));

    [Fact]
    public void Additions_and_events_side_by_side_take_each_number_once_and_each_version_has_its_event()
    {
        const int Writers = 6, Each = 5;
        using var begin = new Barrier(Writers);
        var threads = Enumerable.Range(0, Writers).Select(w => new Thread(() =>
        {
            begin.SignalAndWait();
            for (var i = 0; i < Each; i++)
            {
                var text = $"writer {w} addition {i}";
                while (!Store.TryAdd(Store.Numbers().LastOrDefault() + 1, Bytes(text), Store.Events(0).Count + 1, Bytes(text)))
                {
                }
                while (!Store.TryAppend(Store.Events(0).Count + 1, Bytes($"writer {w} event {i}")))
                {
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Store.Numbers().ShouldBe(Enumerable.Range(1, Writers * Each));
        Events.Select(e => e.Item1).ShouldBe(Enumerable.Range(1, 2 * Writers * Each).Select(n => (long)n));
        var versions = Store.Numbers().Select(n => Encoding.UTF8.GetString(Store.Read(n)!)).ToList();
        Events.Select(e => e.Item2).Where(t => t.Contains("addition")).ShouldBe(versions, ignoreOrder: true);
        versions.Distinct().Count().ShouldBe(Writers * Each);
    }

    // An addition writes both to one file, then each to its own.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_addition_that_did_not_finish_is_completed_by_the_next_access(int written)
    {
        Store.TryAdd(1, Bytes("one"), 1, Bytes("added one")).ShouldBeTrue();
        var pending = Path.Combine(_folder, "pending.json");
        // A folder in the place of the event ends the addition after its version is written.
        var inTheWay = Path.Combine(_folder, "events", "00000002.json");
        Directory.CreateDirectory(inTheWay);
        Should.Throw<Exception>(() => Store.TryAdd(2, Bytes("two"), 2, Bytes("added two")));
        var kept = File.ReadAllBytes(pending);
        Directory.Delete(inTheWay);

        if (written == 0) File.Delete(Path.Combine(_folder, "versions", "0002.json"));
        if (written == 2)
        {
            Store.Numbers().ShouldBe([1, 2]);
            File.WriteAllBytes(pending, kept);
        }
        Events.ShouldBe([(1, "added one"), (2, "added two")]);
        Store.Numbers().ShouldBe([1, 2]);
        Encoding.UTF8.GetString(Store.Read(2)!).ShouldBe("two");
        File.Exists(pending).ShouldBeFalse();
        Store.TryAdd(2, Bytes("other"), 3, Bytes("other")).ShouldBeFalse();
        Store.TryAdd(3, Bytes("other"), 2, Bytes("other")).ShouldBeFalse();
        Store.Numbers().ShouldBe([1, 2]);
        Events.Count().ShouldBe(2);
    }
}
