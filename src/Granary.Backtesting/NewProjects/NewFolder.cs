using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Backtesting.NewProjects;

/// <summary>A folder that a command of <c>granary new</c> makes, whole or not at all.</summary>
internal static class NewFolder
{
    /// <param name="target">Path of the folder, which must not exist.</param>
    /// <param name="files">Paths relative to the folder, and contents.</param>
    /// <exception cref="InputException">The folder is there already; one sentence.</exception>
    /// <exception cref="BarStoreException">The folder cannot be written.</exception>
    public static void Create(string target, IEnumerable<(string Path, byte[] Content)> files)
    {
        if (Directory.Exists(target) || File.Exists(target))
            throw new InputException($"{target} is there already; choose another name, or move it away");
        var draft = target + ".new";
        try
        {
            if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
            foreach (var (path, content) in files)
            {
                var file = Path.Combine(draft, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, content);
            }
            Directory.Move(draft, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BarStoreException($"{target}: it cannot be written ({e.Message}); choose a folder where you may write, with --in", e);
        }
    }
}
