using System.Diagnostics;
using System.Text;
using Microsoft.Playwright;

namespace Granary.Browser.Tests;

/// <summary>The pages on A4 paper, drawn by pdftoppm.</summary>
public class PrintedPagesTests(Browser browser, PageFiles pages)
{
    // Of the height. A chart, or a heading with what belongs to it, moves to the next sheet as a whole.
    private const double MostEmpty = 0.45;

    // Of the height: the line with the sheet's number stands in it.
    private const double Margin = 0.054;

    private static readonly string[] _tools = ["/usr/bin/pdftoppm", "/usr/local/bin/pdftoppm"];

    public static TheoryData<string> Kinds => [.. PageKinds.All];

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_printed_sheet_is_half_empty_the_last_has_content_and_nothing_is_wider_than_the_paper(string kind)
    {
        var found = _tools.FirstOrDefault(File.Exists);
        if (found is null) Assert.Skip("needs pdftoppm, which this machine does not have (apt-get install poppler-utils)");
        await using var open = await browser.OpenAsync(pages.Of(kind));
        await FitsAsync(open.Page);
        var pdf = Path.Combine(browser.Folder, kind + ".pdf");
        await open.Page.PdfAsync(new PagePdfOptions { Format = "A4", Path = pdf });
        var empty = Empty(await Drawn(found, pdf));
        TestContext.Current.TestOutputHelper!.WriteLine($"{kind}: {string.Join(" ", empty.Select(e => e.ToString("P0")))}");
        empty.Count.ShouldBeGreaterThan(1);
        empty.Take(empty.Count - 1).Max().ShouldBeLessThan(MostEmpty);
        empty[^1].ShouldBeLessThan(0.85);
    }

    // Content that is wider than the paper makes the browser print the whole page smaller.
    private static async Task FitsAsync(IPage page)
    {
        const int PaperWidth = 703;
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await page.SetViewportSizeAsync(PaperWidth, 1000);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(PaperWidth,
            await page.EvaluateAsync<string>($$"""
                [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > {{PaperWidth}})
                    .slice(0, 5).map(e => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 60)}`).join('\n')
                """));
    }

    private static async Task<byte[]> Drawn(string tool, string pdf)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, ["-r", "20", "-gray", pdf])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false
        })!;
        var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
        return bytes.ToArray();
    }

    // How much of each sheet lies below the last ink. Sheets are portable graymaps, one after the other: P5, width, height, 255, pixels.
    private static List<double> Empty(byte[] sheets)
    {
        var empty = new List<double>();
        for (var at = 0; at < sheets.Length;)
        {
            var header = new string[4];
            for (var k = 0; k < header.Length; k++)
            {
                var from = at;
                while (!char.IsWhiteSpace((char)sheets[at])) at++;
                header[k] = Encoding.ASCII.GetString(sheets, from, at++ - from);
            }
            header[0].ShouldBe("P5");
            var (width, height) = (int.Parse(header[1]), int.Parse(header[2]));
            var last = 0;
            for (var y = 0; y < height * (1 - Margin); y++)
                if (sheets.AsSpan(at + y * width, width).ContainsAnyInRange((byte)0, (byte)200))
                    last = y;
            empty.Add(1 - Margin - last / (double)height);
            at += width * height;
        }
        return empty;
    }
}
