using Granary.Storage.Files;

namespace Granary.Storage.Tests.Files;

/// <summary>What must survive a power cut is flushed and synced, and a fault of the disk leaves a known state.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-disk-").FullName;
    private readonly FaultyDisk _disk = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    [Fact]
    public void A_replaced_file_is_flushed_before_it_is_renamed_and_its_folder_is_synced_afterwards()
    {
        AtomicFile.Write(At("a.txt"), "text"u8, files: _disk.Files);
        _disk.Done.Select(d => d.Split(' ')[0]).ShouldBe(["write", "flush", "rename", "sync"]);
        File.ReadAllText(At("a.txt")).ShouldBe("text");
    }

    [Fact]
    public void A_file_that_need_not_survive_a_power_cut_is_neither_flushed_nor_is_its_folder_synced()
    {
        using (var file = new AtomicFile(At("a.txt"), files: _disk.Files))
        {
            file.Stream.Write("text"u8);
            file.Commit(flush: false);
        }
        _disk.Done.Select(d => d.Split(' ')[0]).ShouldBe(["write", "rename"]);
    }

    [Theory]
    [InlineData("flush")]
    [InlineData("rename")]
    public void A_fault_before_the_rename_leaves_the_old_file_and_no_other(string what)
    {
        AtomicFile.Write(At("a.txt"), "old"u8);
        _disk.Fails = (operation, _) => operation == what;
        Should.Throw<IOException>(() => AtomicFile.Write(At("a.txt"), "new"u8, files: _disk.Files));
        File.ReadAllText(At("a.txt")).ShouldBe("old");
        Directory.GetFiles(_folder).Length.ShouldBe(1);
    }

    [Fact]
    public void A_created_folder_syncs_the_folders_above_it()
    {
        Disk.Real.CreateFolder(At("a/b/c"));
        Directory.Exists(At("a/b/c")).ShouldBeTrue();
        _disk.SyncPath(At("a/b/c"));
        _disk.Done.Take(4).ShouldBe(["sync c", "sync b", "sync a", $"sync {Path.GetFileName(_folder)}"]);
        _disk.Done[^1].ShouldBe("sync ", "the root");
    }

    [Fact]
    public void Files_are_listed_in_ordinal_order()
    {
        foreach (var name in (string[])["b", "B", "a", "ä", "a-1"]) File.WriteAllText(At(name), "");
        Disk.Real.FilesIn(_folder).Select(Path.GetFileName).ShouldBe(["B", "a", "a-1", "b", "ä"]);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("flush")]
    public void A_failed_append_leaves_the_former_length_so_that_no_later_holder_counts_on_its_bytes(string what)
    {
        using (var file = ExclusiveFile.Open(At("ledger"), _disk.Files)) ExclusiveFile.Append(file, At("ledger"), "first"u8, _disk.Files);
        _disk.Fails = (operation, _) => operation == what;
        using (var file = ExclusiveFile.Open(At("ledger"), _disk.Files))
            Should.Throw<IOException>(() => ExclusiveFile.Append(file, At("ledger"), "second"u8, _disk.Files));
        File.ReadAllText(At("ledger")).ShouldBe("first");
    }

    [Fact]
    public void An_append_of_nothing_flushes_what_a_killed_holder_may_have_left()
    {
        File.WriteAllText(At("ledger"), "from a killed process");
        using var file = ExclusiveFile.Open(At("ledger"), _disk.Files);
        ExclusiveFile.Append(file, At("ledger"), [], _disk.Files);
        _disk.Done.ShouldBe(["flush ledger"]);
    }

    [Fact]
    public void The_name_of_a_new_ledger_is_synced_before_its_first_bytes_and_again_after_a_failed_sync()
    {
        _disk.Fails = (operation, _) => operation == "sync";
        using var file = ExclusiveFile.Open(At("ledger"), _disk.Files);
        Should.Throw<IOException>(() => ExclusiveFile.Append(file, At("ledger"), "first"u8, _disk.Files));
        _disk.Fails = (_, _) => false;
        ExclusiveFile.Append(file, At("ledger"), "first"u8, _disk.Files);
        _disk.Done[0].ShouldBe($"sync {Path.GetFileName(_folder)}");
        _disk.Done.ToArray()[^2..].ShouldBe(["write ledger", "flush ledger"]);
    }

    [Fact]
    public void A_lock_whose_holder_cannot_be_written_is_free_for_the_next_attempt()
    {
        _disk.Fails = (_, path) => path.EndsWith(".holder", StringComparison.Ordinal);
        Should.Throw<IOException>(() => Take("first"));
        _disk.Fails = (_, _) => false;
        using var taken = Take("second");

        FolderLock Take(string holder) => FolderLock.Take(_folder, "lease", holder, TimeProvider.System,
            other => new InvalidOperationException(other), _disk);
    }
}
