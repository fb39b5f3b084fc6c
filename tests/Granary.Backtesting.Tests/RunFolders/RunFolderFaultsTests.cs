using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Tests.RunFolders;

public sealed class RunFolderFaultsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-faults-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The place of the progress is taken, as a full disk takes it: the folder is there, and its files cannot be made.
    [Fact]
    public async Task The_first_attempt_and_a_later_one_report_a_folder_that_cannot_be_written_alike()
    {
        using var first = RunFolder.Open(Path.Combine(_folder, "first"), "x", resume: false, DateTime.UtcNow, MetricCatalogue.BuiltIn);
        var written = await Should.ThrowAsync<DiskException>(
            () => first.WorkAsync<int>(() => throw new IOException("No space left on device", 28)));

        var path = Directory.CreateDirectory(Path.Combine(_folder, "later")).FullName;
        await File.WriteAllTextAsync(Path.Combine(path, ".progress"), "");
        var opened = Should.Throw<DiskException>(() => RunFolder.Open(path, "x", resume: true, DateTime.UtcNow, MetricCatalogue.BuiltIn));

        foreach (var (fault, of) in new[] { (written, first.FullPath), (opened, path) })
        {
            fault.IsResumable.ShouldBeTrue();
            fault.Message.ShouldStartWith($"the run's folder {of} cannot be written: ");
            fault.Message.ShouldEndWith("; make room, or correct its rights; what had finished is kept, and the run can be resumed");
        }
    }
}
