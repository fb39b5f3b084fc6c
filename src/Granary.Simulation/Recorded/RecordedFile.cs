using System.Globalization;
using System.Security.Cryptography;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Simulation.TradeFiles;
using Granary.Storage.Files;

namespace Granary.Simulation.Recorded;

/// <summary>A recorded trade for replay in a portfolio.</summary>
/// <param name="SizedOn">Equity on which its quantity was sized, quote currency; 0 = the quantity does not depend on the equity.</param>
internal readonly record struct ReplayedTrade(
    Side Side, double Quantity, long EntryTime, double EntryPrice, long? ExitTime, double ExitPrice, double Commission, ExitReason Reason,
    double SizedOn);

/// <summary>Reads and writes the trades of a member, in a file in the batch's folder <c>members</c>.</summary>
internal static class RecordedFile
{
    /// <summary>Name of the folder next to the batch file.</summary>
    public const string Folder = "members";

    private const string Header = "side,quantity,entry_time,entry_price,exit_time,exit_price,commission,exit_reason,sized_on";

    /// <param name="batchFolder">Folder of the batch.</param>
    /// <param name="name">Name of the member.</param>
    /// <exception cref="InputException">The name is not a plain file name.</exception>
    public static string PathOf(string batchFolder, string name) =>
        name.Length > 0 && name == Path.GetFileName(name) && name is not ("." or "..") ? Path.Combine(batchFolder, Folder, name + ".csv")
            : throw new InputException(
                $"'{name}' is not a name of a recorded member; give that of a file in the folder {Folder}, without .csv");

    /// <summary>Returns the hash of a member's file; empty if it does not exist.</summary>
    public static string HashOf(string batchFolder, string name, PermittedFiles files) =>
        PathOf(batchFolder, name) is var path && File.Exists(path)
            ? Convert.ToHexStringLower(SHA256.HashData(files.ReadAllBytes(path))) : "";

    /// <summary>Writes the file atomically.</summary>
    public static void Write(string path, IEnumerable<ReplayedTrade> trades)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, writer =>
        {
            writer.Write(Header + "\n");
            foreach (var t in trades)
            {
                var exit = t.ExitTime is { } time ? string.Create(CultureInfo.InvariantCulture, $"{Time(time)},{t.ExitPrice:R}") : ",";
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{(t.Side == Side.Buy ? "long" : "short")},{t.Quantity:R},{Time(t.EntryTime)},{t.EntryPrice:R},{exit},"
                        + $"{t.Commission:R},{t.Reason.Word()},{t.SizedOn:R}\n"));
            }
        });
    }

    /// <param name="files">The files that may be opened; null = all.</param>
    /// <exception cref="InputException">The file is missing or damaged.</exception>
    public static IReadOnlyList<ReplayedTrade> Read(string path, PermittedFiles? files = null)
    {
        var trades = new List<ReplayedTrade>();
        foreach (var row in TradeTable.Read(path, files: files).Rows)
        {
            var exit = row.Text("exittime") is null ? (long?)null : row.Time("exittime");
            trades.Add(new ReplayedTrade(TradeFormat.SideOf(row.Need("side")) ?? throw row.Fault("side", "write long or short"),
                row.Positive("quantity"), row.Time("entrytime"), row.Positive("entryprice"), exit,
                exit is null ? double.NaN : row.Positive("exitprice"), row.Number("commission"), ReasonOf(row), row.Number("sizedon")));
        }
        return trades;
    }

    private static ExitReason ReasonOf(TradeRow row)
    {
        var word = row.Need("exitreason");
        foreach (var reason in Enum.GetValues<ExitReason>())
            if (reason.Word() == word)
                return reason;
        throw row.Fault("exitreason", $"'{word}' is not a reason that ends a trade");
    }

    private static string Time(long ticks) =>
        new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
