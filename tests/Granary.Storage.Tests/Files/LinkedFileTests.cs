using Granary.Storage.Files;

namespace Granary.Storage.Tests.Files;

public sealed class LinkedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-links-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_of_a_secret_of_kubernetes_has_the_time_and_the_length_of_what_is_mounted_now()
    {
        Mount("one", "1", 2020);
        var path = Path.Combine(_folder, "keys.json");
        File.CreateSymbolicLink(path, "..data/keys.json");
        Seen(path).ShouldBe((1, 2020));
        Mount("two", "22", 2021);
        Seen(path).ShouldBe((2, 2021));
    }

    [Fact]
    public void A_path_that_is_no_link_or_leads_nowhere_stays_as_it_is()
    {
        var path = Path.Combine(_folder, "a.txt");
        LinkedFile.Of(new FileInfo(path)).Exists.ShouldBeFalse();
        File.WriteAllText(path, "123");
        LinkedFile.Of(new FileInfo(path)).Length.ShouldBe(3);
        File.CreateSymbolicLink(Path.Combine(_folder, "b.txt"), Path.Combine(_folder, "none"));
        LinkedFile.Of(new FileInfo(Path.Combine(_folder, "b.txt"))).Exists.ShouldBeFalse();
    }

    private static (long, int) Seen(string path) =>
        LinkedFile.Of(new FileInfo(path)) is var file ? (file.Length, file.LastWriteTimeUtc.Year) : default;

    // The kubelet writes a new folder, and then changes a link to it.
    private void Mount(string name, string text, int year)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "keys.json"), text);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "keys.json"), new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var link = Path.Combine(_folder, "..data");
        if (Directory.Exists(link)) Directory.Delete(link);
        Directory.CreateSymbolicLink(link, name);
    }
}
