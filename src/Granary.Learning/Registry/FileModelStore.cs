using System.Globalization;
using Granary.Engine;
using Granary.Storage.Files;

namespace Granary.Learning.Registry;

/// <summary>
/// Stores each model in a folder, with one folder per version: <c>NAME/v0001/model.bin</c> and <c>lineage.json</c>, and
/// <c>NAME/current.json</c>. A version is written to a temporary folder, flushed and renamed, so a reader sees it completely or not at
/// all.
/// </summary>
/// <param name="files">The files that may be read and written; null = all.</param>
internal sealed class FileModelStore(string root, PermittedFiles? files = null) : IModelStore
{
    private readonly PermittedFiles _files = files ?? PermittedFiles.All;

    // A change writes one small file.
    private static readonly TimeSpan s_longestTurn = TimeSpan.FromMinutes(1);

    public IReadOnlyList<string> Models() =>
        [.. _files.FoldersIn(root).Select(d => Path.GetFileName(d)!).Where(n => Versions(n).Count > 0)
            .Order(StringComparer.Ordinal)];

    public IReadOnlyList<int> Versions(string model)
    {
        var folder = Path.Combine(root, model);
        return
        [
            .. _files.FoldersIn(folder, "v*").Select(d => Path.GetFileName(d)!)
                .Select(d => int.TryParse(d.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && d == FolderOf(n) ? n
                    : 0)
                .Where(n => n > 0).Order(),
        ];
    }

    public bool TryAdd(string model, int number, byte[] bytes, byte[] lineage)
    {
        var target = Place(model, number);
        if (_files.Disk.FolderExists(target)) return false;
        using var folder = _files.OpenFolder(Path.Combine(root, model), create: true);
        var temporary = Path.Combine(folder.Path, ".new-" + _files.Disk.RandomName());
        _files.Disk.CreateFolder(temporary);
        AtomicFile.Write(Path.Combine(temporary, "model.bin"), bytes, files: _files);
        AtomicFile.Write(Path.Combine(temporary, "lineage.json"), lineage, files: _files);
        try
        {
            _files.Disk.RenameFolder(temporary, Path.Combine(folder.Path, FolderOf(number)));
            _files.Disk.SyncPath(Path.Combine(root, model));
            return true;
        }
        catch (IOException) when (_files.Disk.FolderExists(target) && _files.Disk.FolderExists(temporary))
        {
            _files.Disk.DeleteFolder(temporary);
            return false;
        }
    }

    public (byte[] Bytes, byte[] Lineage)? Read(string model, int number)
    {
        var folder = Place(model, number);
        return _files.Disk.FolderExists(folder)
            ? (ReadFile(model, number, "model.bin"), ReadFile(model, number, "lineage.json")) : null;
    }

    private byte[] ReadFile(string model, int number, string name)
    {
        var path = Path.Combine(Place(model, number), name);
        var fault = "cannot be read";
        try
        {
            return _files.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_files.Disk.FileExists(path) && !_files.Disk.FolderExists(path)) fault = "is missing";
            throw new DamagedModelException($"model '{model}' version {number} is damaged: {model}/{FolderOf(number)}/{name} {fault}; put "
                + "back a copy, or remove the folder and promote another version", e);
        }
    }

    public byte[]? ReadPointer(string model)
    {
        var path = Path.Combine(root, model, "current.json");
        return _files.Disk.FileExists(path) ? _files.ReadAllBytes(path) : null;
    }

    public void ChangePointer(string model, Func<byte[]?, byte[]?> change)
    {
        using var turn = ExclusiveFile.Open(Path.Combine(root, model, ".current.lock"), s_longestTurn, _files);
        if (change(ReadPointer(model)) is { } next) AtomicFile.Write(Path.Combine(root, model, "current.json"), next, files: _files);
    }

    private string Place(string model, int number) => Path.Combine(root, model, FolderOf(number));

    private static string FolderOf(int number) => string.Create(CultureInfo.InvariantCulture, $"v{number:0000}");
}
