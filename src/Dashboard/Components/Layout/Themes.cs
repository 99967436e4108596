using MudBlazor;

namespace Dashboard.Components.Layout;

/// <summary>The two palettes; every text colour holds WCAG AA (4.5 : 1) on the surfaces it stands on.</summary>
internal static class Themes
{
    private static readonly string[] SystemFonts =
        ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"];

    public static MudTheme Light { get; } = Make(":root", new PaletteLight
    {
        Primary = "#4338ca",
        PrimaryContrastText = "#ffffff",
        Success = "#15803d",
        Warning = "#a34a08",
        Error = "#b91c1c",
        Info = "#1d4ed8",
        Background = "#f4f5f8",
        Surface = "#ffffff",
        AppbarBackground = "#ffffff",
        AppbarText = "#1a2130",
        TextPrimary = "#1a2130",
        TextSecondary = "#525d70",
        ActionDefault = "#525d70",
        Divider = "#e0e3ea",
        LinesDefault = "#e0e3ea",
        TableLines = "#e6e9ef",
    });

    public static MudTheme Dark { get; } = Make(":root[data-theme=dark]", new PaletteLight
    {
        Black = "#05070b",
        Primary = "#a5b4fc",
        PrimaryContrastText = "#14162b",
        Success = "#4ade80",
        Warning = "#fbbf24",
        Error = "#fca5a5",
        Info = "#93c5fd",
        Background = "#0f131b",
        Surface = "#181d27",
        AppbarBackground = "#181d27",
        AppbarText = "#e7eaf0",
        TextPrimary = "#e7eaf0",
        TextSecondary = "#a3adbd",
        TextDisabled = "#6c7689",
        ActionDefault = "#a3adbd",
        ActionDisabled = "#6c7689",
        ActionDisabledBackground = "#262d3a",
        Divider = "#2a3140",
        LinesDefault = "#2a3140",
        LinesInputs = "#4a5468",
        TableLines = "#262d3a",
        GrayLight = "#2a3140",
        GrayLighter = "#1f2531",
    });

    // The scope lets both stand in the page at once: theme.js chooses by an attribute, with no circuit and no flash.
    private static MudTheme Make(string scope, PaletteLight palette)
    {
        var theme = new MudTheme
        {
            PaletteLight = palette,
            PseudoCss = new PseudoCss { Scope = scope },
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px" },
        };
        theme.Typography.Default.FontFamily = SystemFonts;
        theme.Typography.Button.TextTransform = "none";
        theme.Typography.Button.FontWeight = "600";
        return theme;
    }
}
